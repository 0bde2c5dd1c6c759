//! The pages with most hits, kept while hits are counted.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::answer::Page;
use super::dictionary::Dictionary;

/// How many pages are kept.
const TOP: usize = 10;

/// The hits of one path so far.
#[derive(Clone, Copy, Debug)]
pub struct PathHits {
    pub path: u32,
    pub hits: u64,
}

/// The ten paths with most hits so far, most first, ties by the path.
///
/// Counts only grow, and one at a time: who enters the list displaces its last.
#[derive(Debug)]
pub struct TopPages<'a> {
    pages: Vec<PathHits>,
    dictionary: &'a RefCell<Dictionary>,
}

impl<'a> TopPages<'a> {
    pub fn new(dictionary: &'a RefCell<Dictionary>) -> Self {
        Self { pages: Vec::with_capacity(TOP + 1), dictionary }
    }

    /// Notes that a path has one hit more.
    pub fn update(mut self, counted: PathHits) -> Self {
        let last = self.pages.last();
        if self.pages.len() == TOP && last.is_some_and(|last| counted.hits < last.hits) {
            return self;
        }
        let known = self.pages.iter().position(|page| page.path == counted.path);
        let mut rank = known.unwrap_or(self.pages.len());
        match known {
            Some(rank) => self.pages[rank] = counted,
            None => self.pages.push(counted),
        }
        let dictionary = self.dictionary.borrow();
        while rank > 0 && by_rank(&dictionary, &self.pages[rank], &self.pages[rank - 1]).is_lt() {
            self.pages.swap(rank, rank - 1);
            rank -= 1;
        }
        self.pages.truncate(TOP);
        self
    }

    pub fn into_pages(self) -> Vec<Page> {
        let dictionary = self.dictionary.borrow();
        let named =
            |page: PathHits| Page { path: dictionary.path(page.path).to_owned(), hits: page.hits };
        self.pages.into_iter().map(named).collect()
    }
}

fn by_rank(dictionary: &Dictionary, a: &PathHits, b: &PathHits) -> Ordering {
    let path = |page: &PathHits| dictionary.path(page.path);
    b.hits.cmp(&a.hits).then_with(|| path(a).cmp(path(b)))
}
