//! Head pose from points: a weak-perspective fit of a mean face.

mod shape;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::geometry::{FivePoints, Landmarks, Point};
use shape::MEAN_SHAPE;

/// Angles of the head in degrees, by the sense of ISO/IEC 39794-5; all zero for a face that looks straight into the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Positive when the person looks to their own left (the image's right).
    pub yaw_deg: f32,
    /// Positive when the person looks down.
    pub pitch_deg: f32,
    /// Positive when the head leans to the person's right shoulder (anticlockwise in the image).
    pub roll_deg: f32,
}

impl Pose {
    /// From the 68 points; `None` if they coincide or are not finite.
    pub fn of_landmarks(points: &Landmarks) -> Option<Self> {
        fit(points, &MEAN_SHAPE)
    }

    /// From the five points of a detector: rougher, above all in pitch. `None` if they coincide or are not finite.
    pub fn of_five(points: &FivePoints) -> Option<Self> {
        fit(points, &*MEAN_FIVE)
    }

    /// The larger of yaw and pitch, as distance from a frontal view.
    pub fn off_front_deg(&self) -> f32 {
        self.yaw_deg.abs().max(self.pitch_deg.abs())
    }
}

/// The 68 points of a mean face of this pose, seen from afar: eye centres `inter_eye_px` apart when frontal, their middle at
/// `between_eyes`.
pub fn mean_face(pose: Pose, inter_eye_px: f32, between_eyes: Point) -> Landmarks {
    let turn = |a: f32, b: f32, degrees: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        (cos * a - sin * b, sin * a + cos * b)
    };
    MEAN_SHAPE.map(|[x, y, z]| {
        let (y, z) = turn(y, z, pose.pitch_deg);
        let (x, _) = turn(x, z, pose.yaw_deg);
        let (x, y) = turn(x, y, -pose.roll_deg);
        Point::new(between_eyes.x + inter_eye_px * x, between_eyes.y + inter_eye_px * y)
    })
}

/// The five points of the mean face.
static MEAN_FIVE: LazyLock<[[f32; 3]; 5]> = LazyLock::new(|| {
    let mean = |range: std::ops::Range<usize>| {
        let count = range.len() as f32;
        std::array::from_fn(|axis| MEAN_SHAPE[range.clone()].iter().map(|p| p[axis]).sum::<f32>() / count)
    };
    [mean(36..42), mean(42..48), MEAN_SHAPE[30], MEAN_SHAPE[48], MEAN_SHAPE[54]]
});

/// The rotation that carries the shape nearest to the points under scaled orthographic projection: the affine
/// least-squares map, its two rows made orthonormal by polar decomposition, as angles (roll after yaw after pitch).
fn fit(points: &[Point], shape: &[[f32; 3]]) -> Option<Pose> {
    let [x, y] = orthonormal(affine(points, shape)?)?;
    let depth = cross(x, y); // third row of the rotation
    let degrees = |radians: f64| radians.to_degrees() as f32;
    let pose = Pose {
        yaw_deg: degrees(depth[0].clamp(-1.0, 1.0).asin()),
        pitch_deg: degrees(depth[1].atan2(depth[2])),
        roll_deg: degrees(-y[0].atan2(x[0])),
    };
    [pose.yaw_deg, pose.pitch_deg, pose.roll_deg].iter().all(|v| v.is_finite()).then_some(pose)
}

/// The 2x3 matrix of the least-squares map from the shape to the points, both about their means.
fn affine(points: &[Point], shape: &[[f32; 3]]) -> Option<[[f64; 3]; 2]> {
    let count = points.len() as f64;
    let mean_of = |axis: usize| shape.iter().map(|p| f64::from(p[axis])).sum::<f64>() / count;
    let mean = [mean_of(0), mean_of(1), mean_of(2)];
    let middle = |axis: fn(&Point) -> f32| points.iter().map(|p| f64::from(axis(p))).sum::<f64>() / count;
    let (middle_x, middle_y) = (middle(|p| p.x), middle(|p| p.y));
    let (mut normal, mut right) = ([[0.0; 3]; 3], [[0.0; 3]; 2]);
    for (p, s) in points.iter().zip(shape) {
        let s: [f64; 3] = std::array::from_fn(|axis| f64::from(s[axis]) - mean[axis]);
        for (i, &si) in s.iter().enumerate() {
            right[0][i] += si * (f64::from(p.x) - middle_x);
            right[1][i] += si * (f64::from(p.y) - middle_y);
            for (j, &sj) in s.iter().enumerate() {
                normal[i][j] += si * sj;
            }
        }
    }
    // Cramer's rule on the symmetric 3x3 normal equations.
    let [a, b, c] = normal;
    let inverse = [cross(b, c), cross(c, a), cross(a, b)];
    let determinant = dot(a, inverse[0]);
    (determinant.abs() > 1e-12).then(|| right.map(|r| inverse.map(|row| dot(row, r) / determinant)))
}

/// The orthonormal pair of rows nearest to the rows of `m`: `(m m^T)^(-1/2) m`, the root of a 2x3 matrix' Gram in closed form.
fn orthonormal(m: [[f64; 3]; 2]) -> Option<[[f64; 3]; 2]> {
    let (a, b, d) = (dot(m[0], m[0]), dot(m[0], m[1]), dot(m[1], m[1]));
    let root = (a * d - b * b).sqrt();
    let trace = (a + d + 2.0 * root).sqrt();
    let scale = root * trace;
    if !(scale.is_finite() && root > 1e-9 * (a + d)) {
        return None;
    }
    let row = |p: f64, q: f64| std::array::from_fn(|k| (p * m[0][k] + q * m[1][k]) / scale);
    Some([row(d + root, -b), row(-b, a + root)])
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(pose: Pose, scale: f32) -> Landmarks {
        mean_face(pose, scale, Point::new(300.0, 200.0))
    }

    proptest! {
        #[test]
        fn a_pose_is_recovered_from_68_and_from_five_points(yaw in -60f32..60.0, pitch in -40f32..40.0, roll in -80f32..80.0, scale in 10f32..200.0) {
            let truth = Pose { yaw_deg: yaw, pitch_deg: pitch, roll_deg: roll };
            let points = seen(truth, scale);
            let five = crate::geometry::five_of(&points);
            for found in [Pose::of_landmarks(&points).unwrap(), Pose::of_five(&five).unwrap()] {
                prop_assert!((found.yaw_deg - yaw).abs() < 0.1 && (found.pitch_deg - pitch).abs() < 0.1 && (found.roll_deg - roll).abs() < 0.1, "{truth:?} {found:?}");
            }
        }
    }

    #[test]
    fn the_persons_left_is_the_images_right() {
        let left = Pose { yaw_deg: 30.0, ..Pose::default() };
        let (front, turned) = (seen(Pose::default(), 60.0), seen(left, 60.0));
        assert!(turned[30].x > front[30].x + 10.0); // nose tip
        let down = seen(Pose { pitch_deg: 20.0, ..Pose::default() }, 60.0);
        assert!(down[30].y > front[30].y + 10.0);
    }

    #[test]
    fn a_flat_picture_turned_about_is_not_a_turned_head() {
        let front = seen(Pose::default(), 60.0);
        let squeezed = front.map(|p| Point::new(300.0 + (p.x - 300.0) * 0.8, p.y)); // a photo turned by 37 degrees
        assert!(Pose::of_landmarks(&squeezed).unwrap().yaw_deg.abs() < 1.0);
    }

    #[test]
    fn points_without_extent_have_no_pose() {
        assert_eq!(Pose::of_landmarks(&[Point::new(3.0, 4.0); 68]), None);
        assert_eq!(Pose::of_five(&[Point::new(f32::NAN, 4.0); 5]), None);
    }
}
