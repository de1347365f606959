package io.github.rediskit.codec;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TypeShapeTests {

	private static final String RECORD = "public record Item(String name, int count) { static Object value() { return new Item(\"a\", 1); } }";

	private final JsonValueCodecs codecs = new JsonValueCodecs(JsonMapper.builder().build());

	@TempDir
	private Path directory;

	@Test
	void theFingerprintDependsOnNothingButTheDescribedText() {
		// so that it is the same in every virtual machine
		assertThat(this.codecs.codec(Stable.class).fingerprint()).isEqualTo(-166856104826561860L);
		assertThat(this.codecs.codec(Stable.class).fingerprint())
			.isEqualTo(new JsonValueCodecs(JsonMapper.builder().build()).codec(Stable.class).fingerprint());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			added      | public record Item(String name, int count, String more) { }
			removed    | public record Item(String name) { }
			renamed    | public record Item(String title, int count) { }
			swapped    | public record Item(int name, String count) { }
			to text    | public record Item(String name, String count) { }
			to long    | public record Item(String name, long count) { }
			to decimal | public record Item(String name, java.math.BigDecimal count) { }
			to boolean | public record Item(String name, boolean count) { }
			to enum    | public record Item(String name, java.time.DayOfWeek count) { }
			to list    | public record Item(String name, java.util.List<Integer> count) { }
			to option  | public record Item(String name, java.util.Optional<Integer> count) { }
			to class   | public class Item { String name; int count; int more; }
			""")
	void anotherVersionOfARecordHasAnotherFingerprintAndNeverReadsSomethingElse(String change, String source)
			throws Exception {
		Class<?> before = compile("before", RECORD);
		Class<?> after = compile("after", source);
		Object value = value(before);
		byte[] bytes = this.codecs.codec(before).encode(value);

		assertThat(this.codecs.codec(after).fingerprint()).as(change)
			.isNotEqualTo(this.codecs.codec(before).fingerprint());
		if (!change.equals("to class")) {
			assertThatCode(() -> assertThat(this.codecs.codec(after).encode(decode(after, bytes))).isEqualTo(bytes))
				.satisfiesAnyOf((failure) -> assertThat(failure).isNull(),
						(failure) -> assertThat(failure).isInstanceOf(CodecException.class));
		}
	}

	@Test
	void theSameSourceHasTheSameFingerprint() throws Exception {
		Class<?> before = compile("before", RECORD);
		Class<?> after = compile("after", RECORD);

		assertThat(before).isNotSameAs(after);
		assertThat(this.codecs.codec(after).fingerprint()).isEqualTo(this.codecs.codec(before).fingerprint());
		assertThat(decode(after, this.codecs.codec(before).encode(value(before)))).isEqualTo(value(after));
	}

	@Test
	void theOrderOfFieldsIsNoPartOfTheShapeOfAClass() throws Exception {
		Class<?> before = compile("before", "public class Item { private String a; private int b; }");
		Class<?> after = compile("after", "public class Item { private int b; private String a; static int c; }");

		assertThat(this.codecs.codec(after).fingerprint()).isEqualTo(this.codecs.codec(before).fingerprint());
	}

	@Test
	void aNewConstantIsAnotherShapeThatReadsOldValues() throws Exception {
		Class<?> before = compile("before", "public enum Item { A; static Object value() { return A; } }");
		Class<?> after = compile("after", "public enum Item { A, B; static Object value() { return B; } }");

		assertThat(this.codecs.codec(after).fingerprint()).isNotEqualTo(this.codecs.codec(before).fingerprint());
		assertThat(decode(after, this.codecs.codec(before).encode(value(before)))).hasToString("A");
		assertThatExceptionOfType(CodecException.class)
			.isThrownBy(() -> decode(before, this.codecs.codec(after).encode(value(after))));
	}

	@Test
	void whatIsNamedOtherwiseInJsonHasAnotherShape() {
		JsonValueCodecs snakeCase = new JsonValueCodecs(
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build());

		assertThat(snakeCase.codec(Stable.class).fingerprint())
			.isNotEqualTo(this.codecs.codec(Stable.class).fingerprint());
	}

	@Test
	void typesThatDifferDeepInsideHaveDifferentShapes() {
		assertThat(List.of(type(new TypeReference<List<String>>() {
		}), type(new TypeReference<List<Integer>>() {
		}), type(new TypeReference<List<List<String>>>() {
		}), type(new TypeReference<Map<String, Integer>>() {
		}), type(new TypeReference<Map<Integer, String>>() {
		}), type(new TypeReference<Optional<String>>() {
		}), String[].class, type(new TypeReference<Pair<Box<String>, Box<Integer>>>() {
		}), type(new TypeReference<Pair<Box<Integer>, Box<String>>>() {
		}), type(new TypeReference<Pair<Box<String>, Box<String>>>() {
		}), type(new TypeReference<Three<Box<String>, Box<Integer>, Box<String>>>() {
		}), type(new TypeReference<Three<Box<String>, Box<Integer>, Box<Integer>>>() {
		})).stream().map((type) -> this.codecs.codec(type).fingerprint())).doesNotHaveDuplicates();
	}

	@Test
	void theSubtypesThatAnAnnotationNamesArePartOfTheShape() {
		assertThat(text(Animal.class)).contains("dog=", "Dog", "{name:java.lang.String}");
	}

	@Test
	void theConstantsOfAnEnumAreDescribedByTheirNames() {
		assertThat(text(Spoken.class)).endsWith("Spoken[YES,NO,]");
	}

	@Test
	void aTypeThatMentionsItselfIsDescribedOnce() {
		assertThat(text(Tree.class)).isEqualTo(
				"""
						TREE{children:java.util.List<TREE><TREE,>}{more:java.util.Map<java.lang.String,TREE><java.lang.String,TREE,>}{name:java.lang.String}TREE=children,more,name,"""
					.replace("TREE", Tree.class.getName()));
	}

	private String text(Type type) {
		return this.codecs.shape(type).text();
	}

	private @Nullable Object decode(Type type, byte[] bytes) {
		return this.codecs.codec(type).decode(bytes, 0, bytes.length);
	}

	private static Type type(TypeReference<?> type) {
		return type.getType();
	}

	private static Object value(Class<?> type) throws ReflectiveOperationException {
		Method method = type.getDeclaredMethod("value");
		method.setAccessible(true);
		return Objects.requireNonNull(method.invoke(null));
	}

	private Class<?> compile(String version, String source) throws IOException, ReflectiveOperationException {
		Path target = Files.createDirectory(this.directory.resolve(version));
		JavaFileObject file = new SimpleJavaFileObject(URI.create("mem:///Item.java"), JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return source;
			}

		};
		boolean compiled = ToolProvider.getSystemJavaCompiler()
			.getTask(null, null, null, List.of("-d", target.toString(), "-proc:none", "-parameters"), null,
					List.of(file))
			.call();
		assertThat(compiled).isTrue();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { target.toUri().toURL() }, null)) {
			return loader.loadClass("Item");
		}
	}

	record Stable(String itemName, List<Spoken> answers, @Nullable Instant changedAt) {
	}

	enum Spoken {

		YES, NO;

		@Override
		public String toString() {
			return getClass().getName() + "@" + System.identityHashCode(this);
		}

	}

	record Tree(String name, List<Tree> children, Map<String, Tree> more) {
	}

	record Box<T>(T value) {
	}

	record Pair<A, B>(A a, B b) {
	}

	record Three<A, B, C>(A a, B b, C c) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes(@JsonSubTypes.Type(value = Dog.class, name = "dog"))
	interface Animal {

	}

	record Dog(@JsonProperty("n") String name) implements Animal {
	}

}
