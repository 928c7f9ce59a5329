//! A face's surface over its picture: the depth of a mean face at the 68 points, blended in between, fading out around the
//! head. Turned and seen from afar it shows what a turned head shows, its own edges before its far side.

use facecert_core::frame::Image;
use facecert_core::geometry::{Landmarks, Point};
use facecert_core::pose::{Pose, mean_face};

/// The mesh has a vertex every so many pixels.
const CELL: usize = 6;
/// The head turns about an axis so far behind the eyes, in eye distances.
const AXIS: f32 = 0.9;
/// The ellipse that moves as one about the point between the eyes, in eye distances, and where the rest stands still.
const HEAD: Ellipse = Ellipse { down: 0.45, wide: 1.3, high: 1.65 };
const STILL_FROM: f32 = 1.9;

struct Ellipse {
    down: f32,
    wide: f32,
    high: f32,
}

/// A picture with depth.
pub struct Surface {
    columns: usize,
    vertices: Vec<Vertex>,
    middle: Point,
}

struct Vertex {
    at: Point,
    /// Away from the camera, from the axis, in pixels.
    depth: f32,
    /// 1 on the head, 0 where nothing moves.
    moves: f32,
}

#[derive(Clone, Copy)]
struct Projected {
    at: Point,
    depth: f32,
    source: Point,
}

impl Surface {
    pub fn new(points: &Landmarks, width: u32, height: u32) -> Self {
        let eyes = facecert_core::geometry::five_of(points);
        let middle = Point::new((eyes[0].x + eyes[1].x) / 2.0, (eyes[0].y + eyes[1].y) / 2.0);
        let eye_distance = eyes[0].distance(eyes[1]);
        // Seen from its side, a face shows its depth as width.
        let depth = mean_face(Pose { yaw_deg: -90.0, ..Pose::default() }, 1.0, Point::default()).map(|p| p.x);
        let columns = width as usize / CELL + 1;
        let vertex = |k: usize| {
            let at = Point::new((k % columns * CELL) as f32, (k / columns * CELL) as f32);
            let (x, y) = ((at.x - middle.x) / eye_distance, (at.y - middle.y) / eye_distance);
            let out = (x / HEAD.wide).hypot((y - HEAD.down) / HEAD.high);
            let moves = smooth(1.0 - (out - 1.0) / (STILL_FROM - 1.0));
            Vertex { at, depth: (depth_at(at, points, &depth) - AXIS) * eye_distance, moves }
        };
        let vertices = (0..columns * (height as usize / CELL + 1)).map(vertex).collect();
        Self { columns, vertices, middle }
    }

    /// The picture with the head in this pose.
    pub fn turned(&self, picture: &Image, pose: Pose) -> Image {
        let projected: Vec<Projected> = self.vertices.iter().map(|v| self.project(v, pose)).collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut shown = picture.clone();
        let mut nearest = vec![f32::INFINITY; width * height];
        for row in 0..self.vertices.len() / self.columns - 1 {
            for column in 0..self.columns - 1 {
                let corner = |c: usize, r: usize| projected[(row + r) * self.columns + column + c];
                let [a, b, c, d] = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
                for triangle in [[a, b, c], [d, c, b]] {
                    draw(triangle, picture, &mut shown, &mut nearest);
                }
            }
        }
        shown
    }

    fn project(&self, v: &Vertex, pose: Pose) -> Projected {
        let turn = |a: f32, b: f32, degrees: f32| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            (cos * a - sin * b, sin * a + cos * b)
        };
        let (x, y) = (v.at.x - self.middle.x, v.at.y - self.middle.y);
        let (turned_y, z) = turn(y, v.depth, pose.pitch_deg);
        let (turned_x, z) = turn(x, z, pose.yaw_deg);
        let (dx, dy) = (v.moves * (turned_x - x), v.moves * (turned_y - y));
        Projected { at: Point::new(v.at.x + dx, v.at.y + dy), depth: z, source: v.at }
    }
}

fn smooth(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

fn depth_at(at: Point, points: &Landmarks, depth: &[f32; 68]) -> f32 {
    let weight = |p: &Point| (p.distance(at).powi(2) + 4.0).powi(-2);
    let (sum, weighted) =
        points.iter().zip(depth).fold((0.0, 0.0), |(s, d), (p, z)| (s + weight(p), d + weight(p) * z));
    weighted / sum
}

/// One triangle with the picture on it, where nothing nearer was drawn.
fn draw([a, b, c]: [Projected; 3], picture: &Image, shown: &mut Image, nearest: &mut [f32]) {
    let area = cross(a.at, b.at, c.at);
    if area <= 0.0 {
        return; // seen from behind
    }
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let low = |v: [f32; 3]| v.into_iter().fold(f32::INFINITY, f32::min).ceil().max(0.0);
    let high = |v: [f32; 3], end: f32| v.into_iter().fold(f32::NEG_INFINITY, f32::max).floor().min(end - 1.0);
    let (xs, ys) = ([a.at.x, b.at.x, c.at.x], [a.at.y, b.at.y, c.at.y]);
    for y in low(ys) as i32..=high(ys, height) as i32 {
        for x in low(xs) as i32..=high(xs, width) as i32 {
            let p = Point::new(x as f32, y as f32);
            let [u, v, w] = [cross(b.at, c.at, p) / area, cross(c.at, a.at, p) / area, cross(a.at, b.at, p) / area];
            if u < 0.0 || v < 0.0 || w < 0.0 {
                continue;
            }
            let place = y as usize * picture.width() as usize + x as usize;
            let depth = u * a.depth + v * b.depth + w * c.depth;
            if depth < nearest[place] {
                nearest[place] = depth;
                let source = Point::new(
                    u * a.source.x + v * b.source.x + w * c.source.x,
                    u * a.source.y + v * b.source.y + w * c.source.y,
                );
                shown.data_mut()[3 * place..3 * place + 3].copy_from_slice(&colour_at(picture, source));
            }
        }
    }
}

fn cross(a: Point, b: Point, c: Point) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Bilinear.
pub fn colour_at(picture: &Image, p: Point) -> [u8; 3] {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (x, y) = (p.x.clamp(0.0, width as f32 - 1.001), p.y.clamp(0.0, height as f32 - 1.001));
    let (column, row) = (x as usize, y as usize);
    let (u, v) = (x - column as f32, y - row as f32);
    std::array::from_fn(|k| {
        let at = |c: usize, r: usize| f32::from(picture.data()[3 * ((row + r) * width + column + c) + k]);
        let (above, below) = (at(0, 0) + u * (at(1, 0) - at(0, 0)), at(0, 1) + u * (at(1, 1) - at(0, 1)));
        (above + v * (below - above)).round() as u8
    })
}
