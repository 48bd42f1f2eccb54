using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace StreamChat.Hosting.Http;

/// <summary>The JSON answers to requests that no endpoint has seen, in the form that clients know from every service.</summary>
public static class ServiceAnswer
{
    /// <summary>
    /// Lets pages of every origin read an answer, so that they learn when to try again. Only for answers that are the same for everybody
    /// and are given before it is known which origins are allowed.
    /// </summary>
    /// <param name="response">The answer.</param>
    public static void MakeReadable(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = HeaderNames.RetryAfter;
    }

    /// <summary>Answers that the request may be tried again, with <c>Retry-After</c>.</summary>
    /// <param name="response">Where to. A status that was not set becomes 503.</param>
    /// <param name="message">For a person.</param>
    /// <param name="retryAfterSeconds">When to try again.</param>
    /// <returns>When it is written.</returns>
    public static Task UnavailableAsync(HttpResponse response, string message, int retryAfterSeconds)
    {
        ArgumentNullException.ThrowIfNull(response);
        var status = response.StatusCode < StatusCodes.Status500InternalServerError ? StatusCodes.Status503ServiceUnavailable : response.StatusCode;
        response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(response, status, "unavailable", message, retryable: true);
    }

    /// <summary>Answers that the request can never succeed as it is, with status 400.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="message">For a person.</param>
    /// <returns>When it is written.</returns>
    public static Task RefuseAsync(HttpResponse response, string message)
    {
        ArgumentNullException.ThrowIfNull(response);
        return WriteAsync(response, StatusCodes.Status400BadRequest, "invalid_request", message, retryable: false);
    }

    /// <summary>Answers with a status and a JSON body: <c>code</c>, <c>message</c>, <c>retryable</c>.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">For programs.</param>
    /// <param name="message">For a person.</param>
    /// <param name="retryable">Whether the same request may succeed later.</param>
    /// <returns>When it is written.</returns>
    public static async Task WriteAsync(HttpResponse response, int status, string code, string message, bool retryable)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteBoolean("retryable", retryable);
        json.WriteEndObject();
    }
}
