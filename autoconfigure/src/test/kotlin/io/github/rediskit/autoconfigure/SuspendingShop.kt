package io.github.rediskit.autoconfigure

import io.github.rediskit.cache.Cached
import io.github.rediskit.ratelimit.RateLimitDecision
import io.github.rediskit.ratelimit.RateLimitExceededException
import io.github.rediskit.ratelimit.RateLimited
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull

/** Suspending functions with limits. */
open class SuspendingShop {

	@RateLimited(value = "once", key = "#user")
	open suspend fun once(user: String): String {
		delay(1)
		return user
	}

	@RateLimited(value = "once", key = "#user")
	open suspend fun nothing(user: String) {
		delay(1)
	}

	@RateLimited(value = "once", key = "#user", fallback = "later")
	open suspend fun orLater(user: String): String = user

	private suspend fun later(user: String, refusal: RateLimitExceededException): String {
		delay(1)
		return user + " later by " + refusal.decision().policy()
	}

	@RateLimited(value = "once", key = "#user", fallback = "plain")
	open suspend fun orPlain(user: String): Int = 1

	fun plain(user: String, refusal: RateLimitDecision): Int = -1

	@RateLimited(value = "once", key = "#user")
	open suspend fun flow(user: String): Flow<String> = flowOf(user, user)

	@RateLimited(value = "running", key = "#user")
	open suspend fun running(user: String, end: CompletableDeferred<String>): String = end.await()

	@RateLimited(value = "once", key = "#user")
	open suspend fun failing(user: String): String {
		delay(1)
		throw IllegalStateException(user)
	}

}

/** Calls them, as Kotlin does. */
class SuspendingCalls(private val shop: SuspendingShop) {

	fun once(user: String): String = runBlocking { shop.once(user) }

	fun nothing(user: String) = runBlocking { shop.nothing(user) }

	fun orLater(user: String): String = runBlocking { shop.orLater(user) }

	fun orPlain(user: String): Int = runBlocking { shop.orPlain(user) }

	fun flow(user: String): List<String> = runBlocking {
		val result = mutableListOf<String>()
		shop.flow(user).collect { result.add(it) }
		result
	}

	fun failing(user: String): String = runBlocking { shop.failing(user) }

	/** How a second call ended while the first one ran, and a third one after it. */
	fun whileRunning(user: String): List<String> = runBlocking {
		val end = CompletableDeferred<String>()
		val first = async(start = CoroutineStart.UNDISPATCHED) { shop.running(user, end) }
		val second = suspend {
			try {
				withTimeoutOrNull(10_000) { shop.running(user, CompletableDeferred("ran")) } ?: "hung"
			}
			catch (ex: RateLimitExceededException) {
				"refused"
			}
		}
		while (second() != "refused") {
			delay(5)
		}
		end.complete("first")
		listOf(first.await(), second())
	}

}

/** A fallback that returns something else. */
open class SuspendingMisfit {

	@RateLimited(value = "once", fallback = "later")
	open suspend fun once(user: String): String = user

	suspend fun later(user: String): Int = 1

}

/** A cache would be given what is not the value. */
open class SuspendingCache {

	@Cached(value = "names", key = "#user")
	open suspend fun name(user: String): String = user

}
