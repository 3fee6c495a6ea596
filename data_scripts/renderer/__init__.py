"""The synthetic signer photographed: a ray caster, its pictures, and films at any shutter."""
