//! What an item says of its codes apart from where it uses them.

use std::collections::HashMap;

use crate::reader::xml::Element;

/// Returns the code of an element, in whichever attribute it stands.
pub(super) fn code(element: &Element) -> String {
    let codes = ["qcode", "uri", "literal"].map(|name| element.attribute(name));
    codes.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
}

/// What an item says elsewhere of its codes: their names, their kinds, and the addresses of their schemes.
pub(super) struct Names<'a> {
    asserted: HashMap<String, &'a Element>,
    schemes: HashMap<String, String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(item: &'a Element) -> Self {
        let schemes = item.all("catalog").flat_map(|it| it.every("scheme"));
        Self {
            asserted: item.all("assert").map(|it| (code(it), it)).collect(),
            schemes: schemes.map(|it| (it.attribute("alias"), it.attribute("uri"))).collect(),
        }
    }

    /// Returns what an element is called, there or where it is explained.
    pub(super) fn name(&self, element: &Element) -> String {
        let own = element.at(&["name"]);
        let elsewhere = || self.asserted.get(&code(element)).and_then(|it| it.at(&["name"]));
        own.or_else(elsewhere).map(Element::line).unwrap_or_default()
    }

    /// Returns what kind of thing an element is where it is explained.
    pub(super) fn kind(&self, element: &Element) -> String {
        let explained = self.asserted.get(&code(element));
        explained.and_then(|it| it.at(&["type"])).map(code).unwrap_or_default()
    }

    /// Returns the code of an element; one of a scheme that the item itself explains as an address.
    pub(super) fn address(&self, element: &Element) -> String {
        let code = code(element);
        let explained = code.split_once(':').and_then(|(alias, rest)| Some((self.schemes.get(alias)?, rest)));
        match explained {
            Some((scheme, rest)) => format!("{scheme}{rest}"),
            None => code,
        }
    }
}
