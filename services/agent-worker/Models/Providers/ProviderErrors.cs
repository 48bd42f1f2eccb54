using System.ClientModel;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models.Providers;

/// <summary>What the errors of the providers mean for a run. Their words are read here and go nowhere.</summary>
internal static class ProviderErrors
{
    // as providers put it: code or type of the error, or part of its message where an endpoint has no code of its own for it
    private static readonly string[] TooLong =
    [
        "context_length_exceeded", "exceed_context_size", "context length", "context window", "context size", "maximum context", "prompt is too long",
        "too many input tokens", "input is too long", "request_too_large",
    ];

    private static readonly string[] Filtered =
        ["content_filter", "content_policy", "content_policy_violation", "data_inspection_failed", "responsibleaipolicyviolation", "moderation"];

    private static readonly string[] BadKey = ["invalid_api_key", "authentication_error", "permission_error", "invalid_authentication"];

    private static readonly string[] Limited = ["rate_limit", "too_many_requests", "insufficient_quota"];

    private static readonly string[] Busy = ["overloaded", "server_error", "internal_error", "api_error", "timeout", "unavailable"];

    private const string InStream = "an error in the stream";

    /// <summary>An answer that is no success.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="body">What it says, perhaps cut off.</param>
    /// <param name="retryAfter">When the provider wants to be asked again.</param>
    public static ProviderException OfAnswer(HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var said = Read(body);
        var code = (int)status;
        return status switch
        {
            _ when IsIn(said, Filtered) && code is >= 400 and < 500 => new ProviderException(RunErrorCodes.ContentFiltered, isPassing: false, $"status {code}"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ProviderException(RunErrorCodes.ModelUnauthorized, isPassing: false, $"status {code}"),

            // no quota is left: that does not pass by itself
            HttpStatusCode.TooManyRequests => new ProviderException(RunErrorCodes.ModelRateLimited, !IsIn(said, ["insufficient_quota"]), $"status {code}", retryAfter),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity when IsIn(said, TooLong) || code == 413 =>
                new ProviderException(RunErrorCodes.ContextTooLong, isPassing: false, $"status {code}"),
            HttpStatusCode.BadRequest when IsIn(said, BadKey) => new ProviderException(RunErrorCodes.ModelUnauthorized, isPassing: false, $"status {code}"),
            _ => new ProviderException(RunErrorCodes.ModelError, code is 408 or 409 or 425 or >= 500, $"status {code}", retryAfter),
        };
    }

    /// <summary>An error in the middle of a stream.</summary>
    public static ProviderException OfStream(string said) => said switch
    {
        _ when IsIn(said, Filtered) => new ProviderException(RunErrorCodes.ContentFiltered, isPassing: false, InStream),
        _ when IsIn(said, TooLong) => new ProviderException(RunErrorCodes.ContextTooLong, isPassing: false, InStream),
        _ when IsIn(said, BadKey) => new ProviderException(RunErrorCodes.ModelUnauthorized, isPassing: false, InStream),
        _ when IsIn(said, Limited) => new ProviderException(RunErrorCodes.ModelRateLimited, isPassing: true, InStream),
        _ => new ProviderException(RunErrorCodes.ModelError, IsIn(said, Busy), InStream),
    };

    /// <summary>Anything that a provider's client throws.</summary>
    public static ProviderException Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case ProviderException known:
                    return known;
                case ClientResultException { Status: > 0 } answer:
                    return OfAnswer((HttpStatusCode)answer.Status, answer.GetRawResponse()?.Content.ToMemory() ?? default, retryAfter: null);
                case HttpRequestException { StatusCode: { } status }:
                    return OfAnswer(status, default, retryAfter: null);
                case HttpRequestException http:
                    return new ProviderException(RunErrorCodes.ModelError, isPassing: true, http.HttpRequestError.ToString());
                case IOException or SocketException:
                    return new ProviderException(RunErrorCodes.ModelError, isPassing: true, e.GetType().Name);
            }
        }

        return new ProviderException(RunErrorCodes.ModelError, isPassing: false, exception.GetType().Name);
    }

    /// <summary>The strings of an error that tell what it is.</summary>
    public static string Read(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String)
        {
            return error.GetString()!;
        }

        if (error.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        List<string> said = [];
        foreach (var property in error.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String && property.Name is "code" or "type" or "message" or "status")
            {
                said.Add(property.Value.GetString() ?? "");
            }
            else if (property.Name is "error" or "innererror")
            {
                said.Add(Read(property.Value));
            }
        }

        return string.Join('\n', said);
    }

    private static string Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static bool IsIn(string said, string[] words) => Array.Exists(words, w => said.Contains(w, StringComparison.OrdinalIgnoreCase));
}
