package io.github.rediskit.codec;

/** Attributes whose bytes are compressed if that makes them fewer. */
record CompressedAttributes(AttributeCodec attributes, Compression compression) implements AttributeCodec {

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		byte[] bytes = this.attributes.encode(place, name, value);
		byte[] fewer = this.compression.compress(bytes);
		return (fewer != null) ? AttributeBytes.COMPRESSED.before(fewer) : bytes;
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		boolean compressed = AttributeBytes.COMPRESSED.begin(bytes);
		return this.attributes.decode(place, name,
				compressed ? this.compression.decompress(bytes, 1, bytes.length - 1) : bytes);
	}

	@Override
	public boolean isBound() {
		return this.attributes.isBound();
	}

}
