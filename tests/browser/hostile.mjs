// Articles that try to break a page: by markup, by length, by what they lack. Written for these tests.

export const HOSTILE = [
  { id: "markup", title: "<script>alert(1)</script> talks", body: "Nothing runs.", url: "javascript:alert(5)",
    source: "\"><img src=x onerror=alert(2)>", published: "1998-03", people: ["<img src=x onerror=alert(3)>", "';alert(4);//"] },
  { id: "long", title: "A headline that goes on where others end, ".repeat(8).slice(0, 300), body: "Short.", published: "1987", source: "Gazette" },
  { id: "bare", body: "No headline and no date, only this." },
  { id: "unbroken", title: "W".repeat(120), body: "x".repeat(3000), people: ["Wolfeschlegelsteinhausenbergerdorffvonundzuhohenlohelangenburgschillingsfuerstzua"], published: "2001" },
  { id: "arabic", title: "محادثات السلام تبدأ في القاهرة", body: "بدأت المحادثات يوم الاثنين.", language: "ar", source: "صوت المدينة", published: "2025-10-16" },
  { id: "japanese", title: "新しい水素船の試験を開始", body: "研究者たちは来年までに結果を発表する予定だ。", language: "ja", source: "関西新報", published: "2025-09-01" },
  { id: "crowd", title: "Four hundred sign", body: "They signed.", published: "2001-01-01", source: "Gazette",
    people: Array.from({ length: 400 }, (_, i) => `Delegate Number${i} Surname${i}`) },
];
