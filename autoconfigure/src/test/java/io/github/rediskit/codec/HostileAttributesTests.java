package io.github.rediskit.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whoever can write to Redis decides which bytes are read, but makes no class that is not
 * allowed, wherever he names it.
 */
class HostileAttributesTests {

	private static final byte[] PLACE = { 1 };

	/** Of the names only, so that the classes stay as they are before they are used. */
	private static final String GADGET = "io.github.rediskit.codec.AttributeGadget";

	private static final int MUTANTS = Integer.getInteger("rediskit.test.attribute-mutants", 10_000);

	private static final AttributeTypes TYPES = AttributeTypes.of(List.of(SessionValues.ALLOWED),
			HostileAttributesTests.class.getClassLoader());

	private static final AttributeCodec JSON = JsonAttributeCodec.of(TYPES, List.of());

	private static final AttributeCodec JDK = JdkAttributeCodec.of(TYPES);

	@AfterEach
	void nothingWasMade() {
		assertThat(AttributeGadget.Made.COUNT).hasValue(0);
	}

	static Stream<String> names() {
		return Stream.of(GADGET, GADGET + "$Shaped", GADGET + "$Constant", "[L" + GADGET + ";", "[[L" + GADGET + ";",
				"java.util.ArrayList<" + GADGET + ">", "java.util.HashMap<java.lang.String," + GADGET + ">",
				"java.util.EnumMap<" + GADGET + "$Constant>", "java.util.EnumSet<" + GADGET + "$Constant>",
				"java.util.EnumMap<" + GADGET + "$Constant,java.lang.Object>", "List<" + GADGET + ">",
				"io.github.rediskit.codec.SessionValues$Named<" + GADGET + ">", "java.util.ArrayList" + GADGET,
				"javax.script.ScriptEngineManager", "java.lang.Thread", "java.lang.Class", "java.lang.ProcessBuilder",
				"java.net.URL", "java.io.File", "java.util.PriorityQueue", "java.lang.Object", "java.util.Optional",
				"javax.swing.JEditorPane", "com.sun.rowset.JdbcRowSetImpl", "sun.misc.Unsafe",
				"org.springframework.context.support.ClassPathXmlApplicationContext",
				"org.springframework.beans.factory.config.PropertyPathFactoryBean", "int", "I", "void", "null", "",
				"io.github.rediskit.codec.SessionValuesX", "io/github/rediskit/codec/AttributeGadget",
				"io.github.rediskit.codec.SessionValues$$Lambda", "\u0000", "..", "[", "[L", "[L;", "[[[");
	}

	@ParameterizedTest
	@MethodSource("names")
	void noNameIsFollowedThatIsNotAllowed(String name) {
		String bean = "{\"@class\":\"io.github.rediskit.codec.SessionValues$Bean\",\"%s\":%s}";
		String cart = "{\"@class\":\"io.github.rediskit.codec.SessionValues$Cart\",\"%s\":%s}";
		String object = "{\"@class\":\"NAME\",\"text\":\"x\"}";
		String array = "[\"NAME\",[\"ONE\"]]";
		for (String value : List.of(object, array, "[\"NAME\",\"x\"]", "[\"NAME\",{}]")) {
			for (String json : List.of(value, bean.formatted("any", value), bean.formatted("next", value),
					bean.formatted("shape", value), bean.formatted("names", value), cart.formatted("note", value),
					cart.formatted("items", value), cart.formatted("shape", value),
					cart.formatted("shapes", "{\"@class\":\"Map\",\"RED\":" + value + "}"),
					"[\"java.util.ArrayList\",[" + value + "]]",
					"{\"@class\":\"java.util.HashMap\",\"a\":{\"@class\":\"Map\",\"b\":" + value + "}}",
					"[\"[Ljava.lang.Object;\",[" + value + "]]", "{\"@class\":\"java.util.HashMap\",\"@NAME ONE\":1}",
					"[\"java.util.ArrayList\",[".repeat(50) + value + "]]".repeat(50))) {
				refused(json.replace("NAME", name));
			}
		}
	}

	private void refused(String text) {
		byte[] bytes = ("\u0001" + text).getBytes(StandardCharsets.UTF_8);
		assertThatExceptionOfType(CodecException.class).as(text).isThrownBy(() -> JSON.decode(PLACE, "a", bytes));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[\"java.util.ArrayList\",[", "{\"@class\":\"java.util.HashMap\",\"a\":", "[", "{\"a\":",
			"{\"@class\":\"io.github.rediskit.codec.SessionValues$Bean\",\"next\":" })
	void deeplyNestedBytesAreNotFollowedToTheEndOfTheStack(String part) {
		refused(part.repeat(100_000));
	}

	@Test
	void mutatedJsonIsAValueOrACodecException() {
		List<byte[]> values = SessionValues.values().map((value) -> JSON.encode(PLACE, "a", value)).toList();
		Random random = new Random(7_919);
		int read = 0;
		for (int i = 0; i < MUTANTS; i++) {
			byte[] bytes = values.get(i % values.size());
			read += reads(JSON, mutated(bytes, random)) ? 1 : 0;
		}
		assertThat(read).isBetween(MUTANTS / 100, MUTANTS * 9 / 10);
	}

	@Test
	void mutatedSerializationIsAValueOrACodecException() {
		List<byte[]> values = SessionValues.values().map((value) -> JDK.encode(PLACE, "a", value)).toList();
		Random random = new Random(7_919);
		int read = 0;
		for (int i = 0; i < MUTANTS / 4; i++) {
			byte[] bytes = values.get(i % values.size());
			read += reads(JDK, mutated(bytes, random)) ? 1 : 0;
		}
		assertThat(read).isBetween(MUTANTS / 400, MUTANTS / 4);
	}

	private static boolean reads(AttributeCodec codec, byte[] bytes) {
		try {
			return codec.decode(PLACE, "a", bytes) != null;
		}
		catch (CodecException ex) {
			return false;
		}
	}

	private static byte[] mutated(byte[] valid, Random random) {
		String text = new String(valid, StandardCharsets.ISO_8859_1);
		for (int i = 0; i < 1 + random.nextInt(3); i++) {
			int from = 1 + random.nextInt(text.length());
			int to = Math.min(text.length(), from + random.nextInt(8));
			String replacement = switch (random.nextInt(4)) {
				case 0 -> "";
				case 1 -> String.valueOf((char) random.nextInt(256));
				case 2 -> text.substring(Math.min(from, to), to).repeat(2);
				default ->
					List.of(GADGET, "\"@class\":\"" + GADGET + "\",", "[", "{", "null", "1e999999999", "]", "}", ",")
						.get(random.nextInt(9));
			};
			text = text.substring(0, from) + replacement + text.substring(Math.max(from, to));
		}
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	@Test
	void serializationMakesNothingThatIsNotAllowed() throws IOException {
		byte[] gadget = withClassName(new Stand(), Stand.class.getName(), GADGET + "$Deserialized");
		Object proxy = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Comparable.class },
				(Serializable & java.lang.reflect.InvocationHandler) (target, method, arguments) -> 0);
		for (byte[] bytes : List.of(serialized(new Stand()), serialized(List.of(new Stand())),
				serialized(Map.of(new Stand(), 1)), serialized(new Stand[0]), serialized(new Stand[][] { {} }),
				serialized(proxy), serialized(new java.util.PriorityQueue<>(List.of(1))),
				serialized(new java.io.File("x")), serialized(java.net.InetAddress.getLoopbackAddress()), gadget)) {
			assertThatExceptionOfType(CodecException.class).as(new String(bytes, StandardCharsets.ISO_8859_1))
				.isThrownBy(() -> JDK.decode(PLACE, "basket", bytes))
				.withMessageContaining("'basket'");
		}
	}

	@Test
	void setsOfSetsDoNotTakeAllTime() throws IOException {
		Set<Object> root = new HashSet<>();
		Set<Object> one = root;
		Set<Object> two = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			Set<Object> next = new HashSet<>(List.of("a"));
			Set<Object> other = new HashSet<>();
			one.add(next);
			one.add(other);
			two.add(next);
			two.add(other);
			one = next;
			two = other;
		}
		byte[] bytes = serialized(root);

		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.decode(PLACE, "a", bytes));
	}

	@Test
	void aFewBytesDoNotTakeMuchMemory() throws IOException {
		byte[] bytes = serialized(new long[][] { new long[1000] });
		bytes = replaced(bytes, new byte[] { 0, 0, 3, (byte) 0xe8 }, new byte[] { 0x7f, 0, 0, 0 });
		byte[] lying = bytes;
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.decode(PLACE, "a", lying));

		byte[] list = replaced(serialized(new ArrayList<>(List.of(1))), new byte[] { 0, 0, 0, 1, 'w' },
				new byte[] { 0x7f, 0, 0, 1, 'w' });
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> JDK.decode(PLACE, "a", list));
	}

	private static byte[] serialized(Object value) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(2);
		try (ObjectOutputStream stream = new ObjectOutputStream(bytes)) {
			stream.writeObject(value);
		}
		return bytes.toByteArray();
	}

	private static byte[] withClassName(Object value, String from, String to) throws IOException {
		assertThat(to).hasSameSizeAs(from);
		return replaced(serialized(value), from.getBytes(StandardCharsets.US_ASCII),
				to.getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] replaced(byte[] bytes, byte[] from, byte[] to) {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		String part = new String(from, StandardCharsets.ISO_8859_1);
		assertThat(text).contains(part);
		return text.replace(part, new String(to, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
	}

	/** Serializable, and not allowed. */
	static final class Stand implements Serializable {

		private static final long serialVersionUID = 1L;

	}

}
