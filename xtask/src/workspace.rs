//! What the workspace consists of, read from its manifests so that no list here goes stale.

use crate::cmd::{self, Failure};
use crate::manifest::Manifest;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Where it is, from the root; empty for the package of the root.
    pub(crate) dir: String,
    /// Its features but `default`, in the order of the manifest.
    pub(crate) features: Vec<String>,
}

impl Package {
    /// The name that code uses.
    pub(crate) fn lib(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// The workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where everything is built, other workspaces of the tree too, so that they share.
    pub(crate) target: PathBuf,
    /// The package of the root, then the members.
    pub(crate) packages: Vec<Package>,
    /// The oldest Rust that must do.
    pub(crate) msrv: String,
}

impl Workspace {
    /// Reads the manifests. Cargo tells where we are; run by hand, it must be at the root.
    pub(crate) fn open() -> Result<Self, Failure> {
        let ours = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = match ours.as_deref().and_then(Path::parent) {
            Some(root) => root.to_owned(),
            None => env::current_dir().map_err(|error| Failure::at(Path::new("."), &error))?,
        };
        Self::at(root)
    }

    fn at(root: PathBuf) -> Result<Self, Failure> {
        let manifest = read_manifest(&root)?;
        let mut packages = vec![package(&root, "")?];
        for dir in manifest.list("workspace", "members") {
            packages.push(package(&root, &dir)?);
        }
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        let msrv = manifest.text("workspace.package", "rust-version");
        let msrv = msrv.ok_or_else(|| Failure::new("the workspace states no rust-version"))?;
        Ok(Self { target: root.join(target), packages, msrv: msrv.to_owned(), root })
    }

    /// The package of the root.
    pub(crate) fn facade(&self) -> &Package {
        &self.packages[0]
    }

    /// Cargo at the root.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        cmd::command(cmd::cargo_program(), &self.root, args)
    }

    /// The workspaces of their own with old and broken programs that the kit must see through.
    pub(crate) fn zoo(&self) -> Result<Vec<PathBuf>, Failure> {
        let all = entries(&self.root.join("zoo"))?;
        Ok(all.into_iter().filter(|dir| dir.join("Cargo.toml").is_file()).collect())
    }

    /// The integration tests of the root.
    pub(crate) fn root_tests(&self) -> Result<Vec<String>, Failure> {
        self.programs("tests")
    }

    /// The examples of the root.
    pub(crate) fn examples(&self) -> Result<Vec<String>, Failure> {
        self.programs("examples")
    }

    /// The programs in a folder of the root, as cargo finds them.
    fn programs(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let all = entries(&self.root.join(folder))?;
        let programs = all.iter().filter(|path| {
            path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").is_file()
        });
        Ok(programs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect())
    }
}

fn read_manifest(dir: &Path) -> Result<Manifest, Failure> {
    let path = dir.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Failure::at(&path, &error))?;
    Ok(Manifest::parse(&text))
}

fn package(root: &Path, dir: &str) -> Result<Package, Failure> {
    let manifest = read_manifest(&root.join(dir))?;
    let name = manifest.text("package", "name");
    let name = name.ok_or_else(|| Failure::new(format!("{dir}/Cargo.toml names no package")))?;
    let features = manifest.keys("features").filter(|feature| *feature != "default");
    Ok(Package {
        name: name.to_owned(),
        dir: dir.to_owned(),
        features: features.map(str::to_owned).collect(),
    })
}

/// What stands in a folder, sorted; nothing when there is no such folder.
pub(crate) fn entries(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let listed = fs::read_dir(dir).map_err(|error| Failure::at(dir, &error))?;
    let mut paths = Vec::new();
    for entry in listed {
        paths.push(entry.map_err(|error| Failure::at(dir, &error))?.path());
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::main_job;

    #[test]
    fn the_root_comes_first_and_every_member_is_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member has a root");
        let ws = Workspace::at(root.to_owned()).expect("the manifests of this tree are there");
        assert_eq!((ws.facade().name.as_str(), ws.facade().dir.as_str()), ("rs2-stream", ""));
        assert!(ws.packages.iter().any(|package| package.name == "xtask"));
        let examples = ws.examples().expect("the folder can be read");
        assert!(
            ["basic_usage", main_job::NAME].iter().all(|name| examples.iter().any(|e| e == name))
        );
        let core = ws.packages.iter().find(|package| package.name == "rs2-core");
        let core = core.expect("it is a member");
        assert_eq!(core.lib(), "rs2_core");
        assert!(core.features.iter().any(|feature| feature == "alloc"));
        assert!(!core.features.iter().any(|feature| feature == "default"));
    }
}
