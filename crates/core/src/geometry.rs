//! Points, boxes and the similarity that aligns a face.
//!
//! Coordinates are in pixels of the upright image, x to the right, y down, pixel centres at whole numbers.

use serde::{Deserialize, Serialize};

/// A point in pixels of the upright image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// A point.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Euclidean distance.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// Five points of a face: eye on the image's left, other eye, nose tip, mouth corner on the left, other corner.
pub type FivePoints = [Point; 5];

/// The 68 iBUG points: jaw 0-16, brows 17-26, nose 27-35, eyes 36-41 (on the image's left) and 42-47, outer lips 48-59, inner
/// lips 60-67.
pub type Landmarks = [Point; 68];

/// The five points that 68 imply: eye centres, nose tip, outer mouth corners.
pub fn five_of(points: &Landmarks) -> FivePoints {
    let centre = |eye: std::ops::Range<usize>| {
        let (x, y) = points[eye.clone()].iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
        Point::new(x / eye.len() as f32, y / eye.len() as f32)
    };
    [centre(36..42), centre(42..48), points[30], points[48], points[54]]
}

/// Mean gap of the inner lips over the nose's length at which a mouth still counts as closed, and from which it counts as open.
const LIPS_CLOSED: f32 = 0.06;
const LIPS_OPEN: f32 = 0.35;

/// How far the mouth is open, by the inner lips: 0 closed, 1 open. Measured along the face, so that no turn changes it.
pub fn mouth_openness(points: &Landmarks) -> f32 {
    let gap = |upper: usize, lower: usize| points[upper].distance(points[lower]);
    let nose = points[27].distance(points[33]).max(f32::MIN_POSITIVE);
    let gap = (gap(61, 67) + gap(62, 66) + gap(63, 65)) / (3.0 * nose);
    ((gap - LIPS_CLOSED) / (LIPS_OPEN - LIPS_CLOSED)).clamp(0.0, 1.0)
}

/// An axis-parallel box: left, top, width, height, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width, not negative.
    pub width: f32,
    /// Height, not negative.
    pub height: f32,
}

impl Rect {
    /// A box.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// Its centre.
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Its area in square pixels.
    pub fn area(&self) -> f32 {
        self.width * self.height
    }

    /// Whether the point lies in it, edges included.
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.y >= self.y && p.x <= self.x + self.width && p.y <= self.y + self.height
    }

    /// Intersection over union, 0 to 1 (0 for two empty boxes).
    pub fn iou(&self, other: &Self) -> f32 {
        let common = self.overlap(other);
        let union = self.area() + other.area() - common;
        if union > 0.0 { common / union } else { 0.0 }
    }

    /// Area of the intersection in square pixels.
    pub fn overlap(&self, other: &Self) -> f32 {
        let side = |a0: f32, a1: f32, b0: f32, b1: f32| (a1.min(b1) - a0.max(b0)).max(0.0);
        side(self.x, self.x + self.width, other.x, other.x + other.width)
            * side(self.y, self.y + self.height, other.y, other.y + other.height)
    }
}

/// A similarity of the plane: `x' = a x - b y + tx`, `y' = b x + a y + ty`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times cosine.
    pub a: f64,
    /// Scale times sine.
    pub b: f64,
    /// Shift to the right.
    pub tx: f64,
    /// Shift down.
    pub ty: f64,
}

impl Similarity {
    /// The similarity without reflection that carries `from` nearest to `to` in the least-squares sense
    /// (Umeyama, PAMI 1991; in the plane it is one complex regression). `None` if the points of `from` coincide, a
    /// coordinate is not finite, or the result would have no scale.
    ///
    /// ```
    /// use facecert_core::geometry::{Point, Similarity};
    /// let from = [Point::new(0.0, 0.0), Point::new(1.0, 0.0), Point::new(0.0, 2.0)];
    /// let to = from.map(|p| Point::new(-3.0 * p.y + 5.0, 3.0 * p.x + 7.0)); // turned by 90 degrees, 3 times larger
    /// let s = Similarity::fit(&from, &to).unwrap();
    /// assert!((s.scale() - 3.0).abs() < 1e-9 && s.apply(from[2]).distance(to[2]) < 1e-5);
    /// ```
    pub fn fit<const N: usize>(from: &[Point; N], to: &[Point; N]) -> Option<Self> {
        let mean = |ps: &[Point; N]| {
            let (x, y) = ps.iter().fold((0.0, 0.0), |(x, y), p| (x + f64::from(p.x), y + f64::from(p.y)));
            (x / N as f64, y / N as f64)
        };
        let ((fx, fy), (gx, gy)) = (mean(from), mean(to));
        let (mut dot, mut cross, mut norm) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (f64::from(p.x) - fx, f64::from(p.y) - fy);
            let (qx, qy) = (f64::from(q.x) - gx, f64::from(q.y) - gy);
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            norm += px * px + py * py;
        }
        let (a, b) = (dot / norm, cross / norm);
        let fitted = Self { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
        let sound = [a, b, fitted.tx, fitted.ty].iter().all(|v| v.is_finite()) && fitted.scale() > 1e-9;
        sound.then_some(fitted)
    }

    /// Length of a carried unit vector.
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// The carried point.
    pub fn apply(&self, p: Point) -> Point {
        let (x, y) = (f64::from(p.x), f64::from(p.y));
        Point::new((self.a * x - self.b * y + self.tx) as f32, (self.b * x + self.a * y + self.ty) as f32)
    }

    /// As rows of a 2x3 matrix.
    pub fn matrix(&self) -> [[f64; 3]; 2] {
        [[self.a, -self.b, self.tx], [self.b, self.a, self.ty]]
    }

    /// The similarity that leads back. Its scale is never zero when `self` came from [`Similarity::fit`].
    #[must_use]
    pub fn inverse(&self) -> Self {
        let n = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / n, -self.b / n);
        Self { a, b, tx: -(a * self.tx - b * self.ty), ty: -(b * self.tx + a * self.ty) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points() -> impl Strategy<Value = FivePoints> {
        proptest::array::uniform5((-500.0f32..500.0, -500.0f32..500.0).prop_map(|(x, y)| Point::new(x, y)))
    }

    proptest! {
        #[test]
        fn a_similarity_is_recovered(ps in points(), turn in -3.1f64..3.1, scale in 0.1f64..10.0, tx in -99.0f64..99.0, ty in -99.0f64..99.0) {
            prop_assume!(ps.iter().any(|p| p.distance(ps[0]) > 10.0));
            let truth = Similarity { a: scale * turn.cos(), b: scale * turn.sin(), tx, ty };
            let fitted = Similarity::fit(&ps, &ps.map(|p| truth.apply(p))).unwrap();
            prop_assert!((fitted.a - truth.a).abs() < 1e-3 * scale && (fitted.b - truth.b).abs() < 1e-3 * scale);
            for p in ps {
                prop_assert!(fitted.inverse().apply(fitted.apply(p)).distance(p) < 0.01);
            }
        }

        #[test]
        fn iou_is_symmetric_and_bounded(ax in 0f32..9.0, ay in 0f32..9.0, aw in 0f32..9.0, ah in 0f32..9.0, bx in 0f32..9.0, by in 0f32..9.0, bw in 0f32..9.0, bh in 0f32..9.0) {
            let (a, b) = (Rect::new(ax, ay, aw, ah), Rect::new(bx, by, bw, bh));
            let iou = a.iou(&b);
            prop_assert!((0.0..=1.0001).contains(&iou) && (iou - b.iou(&a)).abs() < 1e-6);
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let same = [Point::new(3.0, 4.0); 5];
        let spread = [0, 1, 2, 3, 4].map(|i| Point::new(i as f32, (i * i) as f32));
        assert_eq!(Similarity::fit(&same, &spread), None);
        assert_eq!(Similarity::fit(&spread, &same), None);
        let mut broken = spread;
        broken[2].x = f32::NAN;
        assert_eq!(Similarity::fit(&broken, &spread), None);
    }
}
