"""Videos: from the cheapest bytes that show one to its scores. See docs/videos.md.

budget      what one video may still cost
download    a file piece by piece, into a temporary file without a name
transcodes  a small finished transcode, or the original, watched from that file
stills      single pictures that the wiki renders, coarse and then around what weighs most
watching    one source after the other, until one has shown something
lane        claims videos alone, keeps their leases, settles them
"""
