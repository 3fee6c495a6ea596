"""Warp, set up, and its kernels, which run on CPU and CUDA alike: the ray caster, and the distance to a body.

Import this before anything else (Anny, too) starts Warp.

One primary ray a pixel, one shadow ray where it hits, and two more rays only where neighbouring pixels differ,
which is where jagged edges would show. Colours are linear light throughout.
"""

from typing import Any

import warp as wp

from lib.tools.paths import CACHE
from lib.tools.quiet import quiet

wp.config.log_level = wp.LOG_ERROR  # a missing CUDA driver is no news: all runs on the CPU as well
wp.config.kernel_cache_dir = str(CACHE / "warp")
with quiet:
    wp.init()
wp.set_module_options({"enable_backward": False, "fast_math": True})

FAR = wp.constant(20.0)
WAIST = wp.constant(-0.02)  # metres: rest height below which the trousers begin
LIFT = wp.constant(2.0e-3)  # shadow rays start this far off the surface, metres


@wp.struct
class Surface:
    """What a vertex carries: its skin colour, and how far inside clothing or hair it lies (negative: outside)."""

    skin: wp.array(dtype=wp.vec3)
    rest: wp.array(dtype=wp.vec3)
    cloth: wp.array(dtype=float)
    hair: wp.array(dtype=float)
    cloth_color: wp.vec3
    stripe_color: wp.vec3
    stripe_period: float
    trouser_color: wp.vec3
    hair_color: wp.vec3


@wp.struct
class View:
    """A pinhole camera: an orthonormal basis, the pixel size at distance one, and the image's centre."""

    eye: wp.vec3
    right: wp.vec3
    down: wp.vec3
    forward: wp.vec3
    pixel: float
    center_x: float
    center_y: float


@wp.struct
class Light:
    """A key light with shadow (its direction points towards it), a weak fill from the other side, and the sky."""

    key: wp.vec3
    key_color: wp.vec3
    fill: wp.vec3
    fill_color: wp.vec3
    sky_color: wp.vec3
    ground_color: wp.vec3


@wp.struct
class World:
    """All that a ray may meet: the signer's mesh with its unit normals and surface, light, and what lies behind."""

    mesh: wp.uint64
    normals: wp.array(dtype=wp.vec3)
    surface: Surface
    light: Light
    view: View
    backdrop: wp.array2d(dtype=wp.vec3)


@wp.kernel
def add_face_normals(points: wp.array(dtype=wp.vec3), faces: wp.array(dtype=int), normals: wp.array(dtype=wp.vec3)):
    """Area-weighted vertex normals, not yet of length one."""
    f = wp.tid()
    a, b, c = faces[3 * f], faces[3 * f + 1], faces[3 * f + 2]
    n = wp.cross(points[b] - points[a], points[c] - points[a])
    wp.atomic_add(normals, a, n)
    wp.atomic_add(normals, b, n)
    wp.atomic_add(normals, c, n)


@wp.kernel
def thicken(points: wp.array(dtype=wp.vec3), normals: wp.array(dtype=wp.vec3), thickness: wp.array(dtype=float)):
    """Clothing and hair stand off the skin along its normal."""
    v = wp.tid()
    points[v] = points[v] + thickness[v] * wp.normalize(normals[v])


@wp.func
def edge(distance: float):
    """Coverage at a clothing or hair line: a soft step about 2 mm wide."""
    return wp.clamp(distance * 500.0 + 0.5, 0.0, 1.0)


@wp.func
def between(values: wp.array(dtype=Any), a: int, b: int, c: int, u: float, v: float):
    """A vertex attribute at barycentric coordinates u, v of the triangle a, b, c."""
    return values[a] * u + values[b] * v + values[c] * (1.0 - u - v)


@wp.func
def lit(albedo: wp.vec3, n: wp.vec3, to_eye: wp.vec3, shadow: float, gloss: float, wrap: float, light: Light):
    """Lambert with a soft terminator (light that travels in the skin), a highlight, and hemispheric ambient."""
    key = wp.max(0.0, (wp.dot(n, light.key) + wrap) / (1.0 + wrap)) * shadow
    fill = wp.max(0.0, wp.dot(n, light.fill))
    ambient = wp.lerp(light.ground_color, light.sky_color, 0.5 + 0.5 * n[2])
    half = wp.normalize(light.key + to_eye)
    shine = gloss * wp.pow(wp.max(0.0, wp.dot(n, half)), 28.0) * shadow
    total = light.key_color * key + light.fill_color * fill + ambient
    return wp.cw_mul(albedo, total) + light.key_color * shine


@wp.func
def radiance(world: World, x: float, y: float, behind: wp.vec3):
    """Colour seen through a place in the picture, in pixels: ``behind`` where the ray meets nothing."""
    view, surface, light = world.view, world.surface, world.light
    dx = (x - view.center_x) * view.pixel
    dy = (y - view.center_y) * view.pixel
    ray = wp.normalize(view.forward + view.right * dx + view.down * dy)
    hit = wp.mesh_query_ray(world.mesh, view.eye, ray, FAR)
    color = behind
    if hit.result:
        a = wp.mesh_get_index(world.mesh, 3 * hit.face)
        b = wp.mesh_get_index(world.mesh, 3 * hit.face + 1)
        c = wp.mesh_get_index(world.mesh, 3 * hit.face + 2)
        n = wp.normalize(between(world.normals, a, b, c, hit.u, hit.v))
        n = n * wp.sign(-wp.dot(n, ray) + 1.0e-6)
        rest = between(surface.rest, a, b, c, hit.u, hit.v)
        stripe = float(0.0)
        if surface.stripe_period > 0.0:
            stripe = wp.clamp(4.0 * wp.sin(6.2832 * rest[2] / surface.stripe_period) - 1.0, 0.0, 1.0)
        cloth = edge(between(surface.cloth, a, b, c, hit.u, hit.v))
        hair = edge(between(surface.hair, a, b, c, hit.u, hit.v))
        strand = 0.82 + 0.18 * wp.sin(rest[0] * 900.0 + 14.0 * wp.sin(rest[2] * 60.0))
        albedo = between(surface.skin, a, b, c, hit.u, hit.v)
        garment = wp.lerp(surface.cloth_color, surface.stripe_color, stripe)
        garment = wp.lerp(garment, surface.trouser_color, edge(WAIST - rest[2]))
        albedo = wp.lerp(albedo, garment, cloth)
        albedo = wp.lerp(albedo, surface.hair_color * strand, hair)
        at = view.eye + ray * hit.t + n * LIFT
        shadow = float(1.0)
        bare = (1.0 - cloth) * (1.0 - hair)
        if wp.dot(n, light.key) > -0.25 * bare:
            if wp.mesh_query_ray_anyhit(world.mesh, at, light.key, 2.0):
                shadow = 0.0
        color = lit(albedo, n, -ray, shadow, 0.06 * bare + 0.10 * hair, 0.25 * bare, light)
    return color


@wp.kernel
def cast(world: World, offset: wp.vec2, image: wp.array2d(dtype=wp.vec3)):
    """One ray for every pixel, at ``offset`` inside it."""
    y, x = wp.tid()
    image[y, x] = radiance(world, float(x) + offset[0], float(y) + offset[1], world.backdrop[y, x])


@wp.kernel
def smooth_edges(world: World, first: wp.array2d(dtype=wp.vec3), image: wp.array2d(dtype=wp.vec3)):
    """Two more rays where a pixel differs from a neighbour by a visible step (contrast, and a little absolute)."""
    y, x = wp.tid()
    here = first[y, x]
    step = float(0.0)
    for i in range(4):
        ny = wp.clamp(y + wp.where(i == 0, -1, 0) + wp.where(i == 1, 1, 0), 0, first.shape[0] - 1)
        nx = wp.clamp(x + wp.where(i == 2, -1, 0) + wp.where(i == 3, 1, 0), 0, first.shape[1] - 1)
        there = first[ny, nx]
        for channel in range(3):
            a, b = here[channel], there[channel]
            step = wp.max(step, wp.abs(a - b) - 0.15 * (a + b))
    total = here
    if step > 0.015:
        for i in range(2):
            across, down = float(x) + 0.17 + 0.66 * float(i), float(y) + 0.17 + 0.66 * float(1 - i)
            total = total + radiance(world, across, down, world.backdrop[y, x])
        total = total / 3.0
    image[y, x] = total


@wp.kernel(module="unique")
def signed_distance(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=float)):
    """Metres from points to a mesh, at most 1; negative inside (winding numbers)."""
    i = wp.tid()
    query = wp.mesh_query_point_sign_winding_number(mesh, points[i], 1.0)
    if query.result:
        near = wp.mesh_eval_position(mesh, query.face, query.u, query.v)
        out[i] = query.sign * wp.length(points[i] - near)
    else:
        out[i] = 1.0
