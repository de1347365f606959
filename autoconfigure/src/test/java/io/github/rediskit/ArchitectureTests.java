package io.github.rediskit;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Who may import whom; {@code docs/architecture.md} draws it.
 */
@AnalyzeClasses(packages = "io.github.rediskit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.github.rediskit.";

	@ArchTest
	static final ArchRule setting = room("setting").because("every room says in the same way which setting is wrong");

	@ArchTest
	static final ArchRule key = room("key").because("keys are made from names and arguments alone");

	@ArchTest
	static final ArchRule script = room("script").because("a feature sees this seam and no client");

	@ArchTest
	static final ArchRule codec = room("codec", "tools.jackson..", "com.fasterxml.jackson.annotation..",
			"javax.crypto..")
		.because("only this room knows Jackson, and only what becomes bytes is encrypted");

	@ArchTest
	static final ArchRule cache = room("cache", ROOT + "key..", ROOT + "codec..", ROOT + "script..")
		.because("a feature stands on the foundations: no Spring, no client library, no other feature");

	@ArchTest
	static final ArchRule ratelimit = room("ratelimit", ROOT + "key..", ROOT + "script..")
		.because("a feature stands on the foundations: no Spring, no client library, no other feature");

	@ArchTest
	static final ArchRule lock = room("lock", ROOT + "key..", ROOT + "script..")
		.because("a feature stands on the foundations: no Spring, no client library, no other feature");

	@ArchTest
	static final ArchRule session = room("session", ROOT + "key..", ROOT + "codec..", ROOT + "script..",
			"org.springframework.session..", "org.springframework.util..", "reactor..", "org.reactivestreams..")
		.because("a feature stands on the foundations; this one keeps what Spring Session's filters ask it to keep");

	@ArchTest
	static final ArchRule messaging = room("messaging", ROOT + "key..", ROOT + "codec..", ROOT + "script..")
		.because("a feature stands on the foundations: no Spring, no client library, no other feature");

	@ArchTest
	static final ArchRule structures = room("structures", ROOT + "key..", ROOT + "script..")
		.because("a feature stands on the foundations: no Spring, no client library, no other feature");

	@ArchTest
	static final ArchRule redis = room("redis", ROOT + "script..", "io.lettuce..", "io.netty..",
			"org.springframework.data.redis..", "org.springframework.dao..", "org.springframework.core..",
			"org.springframework.beans..", "org.springframework.util..")
		.because("only this room knows Lettuce and Spring Data Redis, and it knows nothing of the features");

	@ArchTest
	static final ArchRule pubsub = room("pubsub", ROOT + "codec..", ROOT + "messaging..", ROOT + "redis..",
			ROOT + "spring..", "org.springframework.aop..", "org.springframework.beans..",
			"org.springframework.context..", "org.springframework.core..", "org.springframework.data.redis..",
			"org.springframework.messaging..", "org.springframework.util..", "org.apache.commons.logging..")
		.because("only this room knows Spring Data's listeners and Spring Messaging, and who has neither does not "
				+ "load it; its subscriptions are made by redis, which alone knows Lettuce");

	@ArchTest
	static final ArchRule spring = room("spring", ROOT + "key..", ROOT + "codec..", ROOT + "cache..",
			ROOT + "ratelimit..", ROOT + "lock..", ROOT + "messaging..", "org.springframework.aop..",
			"org.aopalliance..", "org.springframework.beans..", "org.springframework.cache..",
			"org.springframework.core..", "org.springframework.expression..", "org.springframework.format..",
			"org.springframework.transaction..", "org.springframework.util..", "org.apache.commons.logging..",
			"reactor..", "org.reactivestreams..")
		.because("annotations become operations here, without Boot and without Redis; "
				+ "what methods return may be Reactor's, which Lettuce brings along");

	@ArchTest
	static final ArchRule web = room("web", ROOT + "key..", ROOT + "ratelimit..", ROOT + "session..", ROOT + "spring..",
			"jakarta.servlet..", "org.springframework.core..", "org.springframework.expression..",
			"org.springframework.http..", "org.springframework.lang..", "org.springframework.util..",
			"org.springframework.web..", "org.apache.commons.logging..", "reactor..", "org.reactivestreams..")
		.because("only this room knows HTTP; it hears of decisions on annotated methods from spring, "
				+ "and a rule is an expression over a request");

	@ArchTest
	static final ArchRule metrics = room("metrics", ROOT + "cache..", ROOT + "ratelimit..", ROOT + "lock..",
			ROOT + "session..", ROOT + "messaging..", ROOT + "structures..", ROOT + "script..", "io.micrometer.core..",
			"io.micrometer.observation..", "org.springframework.session..")
		.because("it turns what the features tell their listeners into meters, and only this room knows Micrometer; "
				+ "what it is told of is a session of Spring Session");

	@ArchTest
	static final ArchRule jdbc = room("jdbc", ROOT + "lock..", "org.springframework.jdbc..")
		.because("only this room knows JDBC: fences of locks are compared where the rows are, and who has no tables "
				+ "does not load it");

	@ArchTest
	static final ArchRule autoconfigureIsOnTop = classes().that()
		.resideInAPackage(ROOT + "autoconfigure..")
		.should()
		.onlyHaveDependentClassesThat()
		.resideInAPackage(ROOT + "autoconfigure..")
		.because("it wires the others, and properties never enter a feature");

	@ArchTest
	static final ArchRule noTangles = slices().matching("io.github.rediskit.(**)")
		.should()
		.beFreeOfCycles()
		.because("a room can be understood after those below it");

	@ArchTest
	static final ArchRule autoConfigurations = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould(haveNoPublicMembers())
		.because("an auto-configuration is named by others and used by nobody");

	@ArchTest
	static final ArchRule conditionsArePrivate = classes().that()
		.areAssignableTo(Condition.class)
		.should()
		.notBePublic()
		.because("conditions are details of the configuration that uses them");

	@ArchTest
	static final ArchRule propertiesArePrivate = classes().that()
		.areAnnotatedWith(ConfigurationProperties.class)
		.should()
		.notBePublic()
		.because("the names of properties are a promise, the classes that bind them are none");

	@ArchTest
	static final ArchRule noConditionalOnClassOnBeans = noMethods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.beAnnotatedWith(ConditionalOnClass.class)
		.because("the method's class may fail to load before the condition is asked");

	@ArchTest
	static final ArchRule beansHaveVisibleTypes = methods().that()
		.areAnnotatedWith(Bean.class)
		.should(new ArchCondition<>("not return private types") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				if (method.getRawReturnType().getModifiers().contains(JavaModifier.PRIVATE)) {
					events.add(SimpleConditionEvent.violated(method, method.getFullName() + " returns a private type"));
				}
			}

		})
		.because("ahead-of-time processing must name the type");

	@ArchTest
	static final ArchRule postProcessorsAreStatic = methods().that()
		.areAnnotatedWith(Bean.class)
		.and(new PostProcessing())
		.should()
		.beStatic()
		.allowEmptyShould(true)
		.because("they are made before their configuration could be");

	@ArchTest
	static final ArchRule missingBeanDoesNotRepeatTheReturnType = methods().that()
		.areAnnotatedWith(ConditionalOnMissingBean.class)
		.should(new ArchCondition<>("not repeat their return type") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				Class<?>[] types = method.getAnnotationOfType(ConditionalOnMissingBean.class).value();
				if (types.length == 1 && types[0].getName().equals(method.getRawReturnType().getName())) {
					events
						.add(SimpleConditionEvent.violated(method, method.getFullName() + " repeats its return type"));
				}
			}

		})
		.because("the return type is what it looks for anyway");

	private static ArchRule room(String name, String... mayImport) {
		String[] allowed = new String[mayImport.length + 5];
		System.arraycopy(mayImport, 0, allowed, 0, mayImport.length);
		allowed[mayImport.length] = ROOT + name + "..";
		allowed[mayImport.length + 1] = "java..";
		allowed[mayImport.length + 2] = "org.jspecify..";
		allowed[mayImport.length + 3] = "";
		allowed[mayImport.length + 4] = ROOT + "setting..";
		return classes().that()
			.resideInAPackage(ROOT + name + "..")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(allowed);
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				type.getMembers()
					.stream()
					.filter((member) -> member.getModifiers().contains(JavaModifier.PUBLIC))
					.filter((member) -> !member.getName().equals("<init>"))
					.forEach((member) -> events
						.add(SimpleConditionEvent.violated(type, member.getFullName() + " is public")));
			}

		};
	}

	private static final class PostProcessing extends DescribedPredicate<JavaMethod> {

		PostProcessing() {
			super("return a post-processor");
		}

		@Override
		public boolean test(JavaMethod method) {
			return method.getRawReturnType().isAssignableTo(BeanPostProcessor.class)
					|| method.getRawReturnType().isAssignableTo(BeanFactoryPostProcessor.class);
		}

	}

}
