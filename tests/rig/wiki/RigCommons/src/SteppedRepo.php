<?php

namespace MediaWiki\Extension\RigCommons;

use LocalRepo;

/** Hands out files whose thumbnails come in standard widths. */
class SteppedRepo extends LocalRepo {
	/** @inheritDoc */
	protected $fileFactory = [ SteppedFile::class, 'newFromTitle' ];
	/** @inheritDoc */
	protected $fileFactoryKey = [ SteppedFile::class, 'newFromKey' ];
	/** @inheritDoc */
	protected $fileFromRowFactory = [ SteppedFile::class, 'newFromRow' ];
}
