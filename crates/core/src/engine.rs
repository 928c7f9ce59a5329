//! The engine: a pack's nets and calibration, loaded on first use and shared by all threads.

use std::sync::OnceLock;

use facecert_match::{ContractId, Template};

use crate::align;
use crate::calibration::Calibration;
use crate::detect::{DetectOptions, Detector, Face};
use crate::error::{Error, Result};
use crate::frame::{Image, Limits};
use crate::geometry::{Rect, Similarity};
use crate::look::{Crops, Look, Nets, Part, Scored};
use crate::net::Net;
use crate::pack::Pack;
use crate::pack::manifest::{Check, five_points};
use crate::quality::{Profile, Quality, Seen, measure};

/// Finds faces and makes templates. `Sync`: one engine serves all threads.
pub struct Engine {
    pack: Pack,
    contract: ContractId,
    detector: Detector,
    embedder: OnceLock<Result<Net>>,
    calibration: OnceLock<Result<Option<Calibration>>>,
    nets: Nets,
}

impl Engine {
    /// An engine on the embedded pack.
    ///
    /// # Errors
    /// [`Error::Pack`] if the library was built from a damaged pack.
    pub fn embedded() -> Result<Self> {
        Pack::embedded().map(Self::new)
    }

    /// An engine on any pack. Nothing is loaded yet; [`Engine::prepare`] does that ahead of time.
    pub fn new(pack: Pack) -> Self {
        Self {
            contract: pack.contract(),
            detector: Detector::new(&pack),
            embedder: OnceLock::new(),
            calibration: OnceLock::new(),
            nets: Nets::default(),
            pack,
        }
    }

    /// The pack.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The contract of its templates.
    pub fn contract(&self) -> ContractId {
        self.contract
    }

    /// Loads the embedder and the calibration, for instance on another thread while the detector works.
    ///
    /// # Errors
    /// As [`Engine::embed`] and [`Engine::calibration`].
    pub fn prepare(&self) -> Result<()> {
        self.net()?;
        self.calibration().map(drop)
    }

    /// Loads the nets that look at a face closely, as far as the pack has them.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn warm_up_look(&self) -> Result<()> {
        self.nets.prepare(&self.pack)
    }

    /// Loads the detector at each of its sizes, and the refiner.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn warm_up_detector(&self) -> Result<()> {
        self.detector.warm_up()
    }

    /// The faces of a picture, most certain first.
    ///
    /// # Errors
    /// [`Error::DetectorSize`] for a size that the pack does not list, [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn detect(&self, image: &Image, options: &DetectOptions) -> Result<Vec<Face>> {
        self.detector.detect(image, options)
    }

    /// The chip on which a template is made: the face aligned to the pack's five points.
    ///
    /// # Errors
    /// [`Error::Alignment`] if the five points do not span a face.
    pub fn chip(&self, image: &Image, face: &Face) -> Result<Image> {
        let embedder = &self.pack.manifest().embedder;
        let to_chip = Similarity::fit(&face.points, &five_points(&embedder.alignment)).ok_or(Error::Alignment)?;
        align::chip(image, &to_chip, embedder.size)
    }

    /// The template of a face.
    ///
    /// # Errors
    /// [`Error::Alignment`] if the five points do not span a face, [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn embed(&self, image: &Image, face: &Face) -> Result<Template> {
        self.embed_chip(&self.chip(image, face)?)
    }

    /// The template of a chip that is aligned already.
    ///
    /// # Errors
    /// [`Error::Net`] if the net's output is not a template.
    pub fn embed_chip(&self, chip: &Image) -> Result<Template> {
        embed(&self.pack, self.contract, self.net()?, chip)
    }

    /// Points, pose, eyes and mouth of a face, as far as the pack has nets for them.
    ///
    /// # Errors
    /// [`Error::Alignment`] if the box or the points are not finite, [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn look(&self, image: &Image, face: &Face) -> Result<Look> {
        self.nets.look(&self.pack, image, &face.rect, &face.points)
    }

    /// Liveness of the face in a box; `None` if the pack has no net for it.
    ///
    /// # Errors
    /// As [`Engine::look`].
    pub fn liveness(&self, image: &Image, rect: &Rect, crops: Crops) -> Result<Option<Scored>> {
        self.nets.liveness(&self.pack, image, rect, crops)
    }

    /// How far a picture of nothing but an eye or a mouth shows it open, 0 to 1; `None` if the pack has no net for it.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Net`] for a damaged pack.
    pub fn openness(&self, image: &Image, part: Part) -> Result<Option<f32>> {
        self.nets.openness(&self.pack, image, part)
    }

    /// The quality of a face among all that were found, judged by a profile.
    ///
    /// # Errors
    /// As [`Engine::look`].
    pub fn quality(
        &self,
        image: &Image,
        faces: &[Face],
        face: &Face,
        look: &Look,
        profile: Profile,
    ) -> Result<Quality> {
        let side = |f: &Face| f.rect.area().sqrt();
        let next = faces.iter().filter(|f| *f != face).map(side).fold(0.0, f32::max);
        let seen = Seen {
            rect: face.rect,
            points: face.points,
            pose: look.pose.ok_or(Error::Alignment)?,
            eyes_open: look.eyes_open,
            mouth_open: look.mouth_open,
            next_face: next / side(face),
        };
        Ok(Quality::judge(&measure(image, &seen)?, profile))
    }

    /// What scores mean; `None` if the pack says nothing of it.
    ///
    /// # Errors
    /// [`Error::Pack`] if the file is damaged or belongs to another embedder.
    pub fn calibration(&self) -> Result<Option<&Calibration>> {
        let loaded = self.calibration.get_or_init(|| self.pack.calibration());
        loaded.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    fn net(&self) -> Result<&Net> {
        let load = || {
            let settings = &self.pack.manifest().embedder;
            let [width, height] = settings.size;
            let net = Net::load(
                &settings.net.file,
                &self.pack.net(&settings.net)?,
                (width, height),
                settings.net.direct_conv,
            )?;
            if let Some(check) = &settings.check {
                self_check(&self.pack, self.contract, &net, check)?;
            }
            Ok(net)
        };
        self.embedder.get_or_init(load).as_ref().map_err(Clone::clone)
    }
}

fn embed(pack: &Pack, contract: ContractId, net: &Net, chip: &Image) -> Result<Template> {
    let settings = &pack.manifest().embedder;
    let fault = |what: String| Error::Net { net: net.id().to_owned(), what };
    if [chip.width(), chip.height()] != settings.size {
        return Err(Error::ChipSize { width: settings.size[0], height: settings.size[1] });
    }
    let outputs = net.run(settings.net.input.tensor(chip))?;
    let values: Vec<f32> = outputs.first().map(|o| o.iter().copied().collect()).unwrap_or_default();
    if values.len() != settings.dim {
        return Err(fault(format!(
            "gives {} numbers, the manifest says {}; correct the manifest",
            values.len(),
            settings.dim
        )));
    }
    Template::new(contract, &values).map_err(|e| fault(e.to_string()))
}

/// The known chip must give the known template: swapped channels, another scale or another net do not pass.
fn self_check(pack: &Pack, contract: ContractId, net: &Net, check: &Check) -> Result<()> {
    let fault = |what: String| Error::Pack { what };
    let chip = Image::decode(&pack.verified(&check.chip)?, &Limits::default())
        .map_err(|e| fault(format!("{}: {e}", check.chip.file)))?;
    let bytes = pack.verified(&check.template)?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    let known: Vec<f32> = numbers.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let known =
        Template::new(contract, &known).ok().filter(|k| rest.is_empty() && k.dim() == pack.manifest().embedder.dim);
    let known = known.ok_or_else(|| fault(format!("{}: not a template of this pack", check.template.file)))?;
    let cosine = facecert_match::reference::score(embed(pack, contract, net, &chip)?.values(), known.values());
    if cosine >= check.min_cosine {
        Ok(())
    } else {
        Err(fault(format!(
            "self-check: the known chip gives another template (cosine {cosine:.4}, wanted {}); \
             the net or its input settings (channels, mean, scale) are not those of this pack",
            check.min_cosine
        )))
    }
}
