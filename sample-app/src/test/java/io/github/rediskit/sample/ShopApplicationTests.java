package io.github.rediskit.sample;

/**
 * The shop as {@code spring-boot:run} starts it: with the Redis for development.
 */
class ShopApplicationTests extends ShopContract {

}
