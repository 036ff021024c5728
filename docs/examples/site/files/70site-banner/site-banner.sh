#!/bin/sh
# Whose machine is this? Said on the console of every boot of the image.
getargbool 0 site.banner && info 'this machine belongs to the site; call 1234 before you touch it'
