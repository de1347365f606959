package io.github.rediskit.codec;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AttributeTypesTests {

	private static AttributeTypes types(String... names) {
		return AttributeTypes.of(List.of(names), AttributeTypesTests.class.getClassLoader());
	}

	@Test
	void aPackageAllowsWhatIsInItAndBelowItAndNothingBesideIt() {
		AttributeTypes types = types("io.github.rediskit.code");
		assertThat(types.allow(SessionValues.Cart.class)).isFalse();
		assertThat(types.find(SessionValues.Cart.class.getName())).isNull();

		assertThat(types("io.github.rediskit.codec").allow(SessionValues.Cart.class)).isTrue();
		assertThat(types("io.github").find(SessionValues.Cart.class.getName())).isEqualTo(SessionValues.Cart.class);
		assertThat(types("io.github").find("io.github.rediskit.NoSuchClass")).isNull();
	}

	@Test
	void aClassAllowsItselfAndWhatIsNestedInIt() {
		AttributeTypes types = types(SessionValues.class.getName());

		assertThat(types.allow(SessionValues.class)).isTrue();
		assertThat(types.allow(SessionValues.Cart.class)).isTrue();
		assertThat(types.allow(AttributeTypesTests.class)).isFalse();
		assertThat(types(SessionValues.Cart.class.getName()).allow(SessionValues.Item.class)).isFalse();
	}

	@Test
	void nothingThatIsMadeAtRunTimeIsAllowed() {
		Runnable lambda = () -> {
		};

		assertThat(types("io.github.rediskit").allow(lambda.getClass())).isFalse();
		assertThat(types("io.github.rediskit").find("io.github.rediskit.Cart$$SpringCGLIB$$0")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "*", "com.shop.*", "com.shop.", ".com", "com..shop", "com", "org", "java.util",
			"javax.swing", "org.springframework", "com.shop.Cartt", "com.shop Cart", "sun.misc", "1.2" })
	void whatCanNotBeMeantIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> types(name)).withMessageContaining("'" + name + "'");
	}

	@Test
	void theRefusalSaysWhatToWriteInstead() {
		assertThatIllegalArgumentException().isThrownBy(() -> types("com.shop.*")).withMessageContaining("'com.shop'");
	}

}
