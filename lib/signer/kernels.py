"""Warp, which computes on meshes, set up, and the one of its kernels that moving a body takes.

Import this before anything else (Anny, too) starts Warp.
"""

import warp as wp

from lib.tools.paths import CACHE
from lib.tools.quiet import quiet

wp.config.log_level = wp.LOG_ERROR  # a missing CUDA driver is no news: all runs on the CPU as well
wp.config.kernel_cache_dir = str(CACHE / "warp")
with quiet:
    wp.init()
wp.set_module_options({"enable_backward": False, "fast_math": True})


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
