package io.github.rediskit.codec;

import java.io.ByteArrayOutputStream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TreeNode;
import tools.jackson.core.tree.ArrayTreeNode;
import tools.jackson.core.tree.ObjectTreeNode;
import tools.jackson.core.type.ResolvedType;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORReadFeature;

/**
 * CBOR, RFC 8949. It carries what the mapper for JSON writes and reads, so that nothing
 * is configured twice. The mapper is not asked for features of its format, since these
 * are bits that mean something else here.
 */
final class CborWire implements Wire {

	private final JsonMapper mapper;

	private final CBORFactory factory;

	CborWire(JsonMapper mapper) {
		this.mapper = mapper;
		TokenStreamFactory json = mapper.tokenStreamFactory();
		this.factory = CBORFactory.builder()
			.streamReadConstraints(json.streamReadConstraints())
			.streamWriteConstraints(json.streamWriteConstraints())
			.disable(CBORReadFeature.READ_UNDEFINED_AS_EMBEDDED_OBJECT) // as null, it is
																		// refused where
																		// null is
			.build();
	}

	@Override
	public byte id() {
		return 2;
	}

	@Override
	public byte[] write(ObjectWriter writer, Object value) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator generator = this.factory.createGenerator(new Writing(writer), bytes)) {
			writer.writeValue(generator, value);
		}
		return bytes.toByteArray();
	}

	@Override
	public @Nullable Object read(ObjectReader reader, byte[] bytes, int offset, int length) {
		try (JsonParser parser = this.factory.createParser(new Reading(), bytes, offset, length)) {
			return reader.readValue(parser);
		}
	}

	@Override
	public String toString() {
		return "CBOR";
	}

	/** What serializers of the application may ask their generator for. */
	private final class Writing extends ObjectWriteContext.Base {

		private final ObjectWriter writer;

		Writing(ObjectWriter writer) {
			this.writer = writer;
		}

		@Override
		public TokenStreamFactory tokenStreamFactory() {
			return CborWire.this.factory;
		}

		@Override
		public ArrayTreeNode createArrayNode() {
			return CborWire.this.mapper.createArrayNode();
		}

		@Override
		public ObjectTreeNode createObjectNode() {
			return CborWire.this.mapper.createObjectNode();
		}

		@Override
		public void writeValue(JsonGenerator generator, @Nullable Object value) {
			if (value == null) {
				generator.writeNull();
			}
			else {
				this.writer.forType(value.getClass()).writeValue(generator, value);
			}
		}

		@Override
		public void writeTree(JsonGenerator generator, @Nullable TreeNode value) {
			writeValue(generator, value);
		}

	}

	/** What deserializers of the application may ask their parser for. */
	private final class Reading extends ObjectReadContext.Base {

		@Override
		public TokenStreamFactory tokenStreamFactory() {
			return CborWire.this.factory;
		}

		@Override
		public ArrayTreeNode createArrayNode() {
			return CborWire.this.mapper.createArrayNode();
		}

		@Override
		public ObjectTreeNode createObjectNode() {
			return CborWire.this.mapper.createObjectNode();
		}

		@Override
		@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" }) // as Jackson
																			// does
		public <T extends TreeNode> T readTree(JsonParser parser) {
			return (T) context(parser).readTree(parser);
		}

		@Override
		public <T> T readValue(JsonParser parser, Class<T> type) {
			return context(parser).readValue(parser, type);
		}

		@Override
		public <T> T readValue(JsonParser parser, TypeReference<T> type) {
			return context(parser).readValue(parser, type);
		}

		@Override
		@SuppressWarnings("TypeParameterUnusedInFormals")
		public <T> T readValue(JsonParser parser, ResolvedType type) {
			return context(parser).readValue(parser, type);
		}

		private DeserializationContext context(JsonParser parser) {
			return CborWire.this.mapper._deserializationContext().assignParser(parser);
		}

	}

}
