using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Http;

/// <summary>Where a service of the operator gets access tokens for its users, and takes them back. Both want an API key.</summary>
internal static partial class AuthEndpoints
{
    private const int MaxRoles = 16;
    private const int MaxRoleLength = 64;

    public static void MapAuth(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/auth").WithTags("Auth").LimitRequests();
        group.MapPost("/token", MakeTokenAsync)
            .WithSummary("Makes an access token for a user. Wants an API key with the role tokens or admin.")
            .Accepts<TokenBody>("application/json")
            .Produces<TokenIssued>()
            .Produces<ErrorBody>(StatusCodes.Status400BadRequest)
            .Produces<ErrorBody>(StatusCodes.Status401Unauthorized)
            .Produces<ErrorBody>(StatusCodes.Status403Forbidden)
            .Produces<ErrorBody>(StatusCodes.Status429TooManyRequests);
        group.MapPost("/revoke", RevokeAsync)
            .WithSummary("Revokes a token, or all that a user has, and closes their connections. Wants an API key with the role tokens or admin.")
            .Accepts<RevokeBody>("application/json")
            .Produces<TokenRevoked>()
            .Produces<ErrorBody>(StatusCodes.Status400BadRequest)
            .Produces<ErrorBody>(StatusCodes.Status401Unauthorized)
            .Produces<ErrorBody>(StatusCodes.Status403Forbidden)
            .Produces<ErrorBody>(StatusCodes.Status429TooManyRequests)
            .Produces<ErrorBody>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task MakeTokenAsync(
        HttpContext context, HttpCallers callers, AccessTokens tokens, IOptions<AuthOptions> options, GatewayTelemetry telemetry, ILogger<AccessTokens> logger)
    {
        var (key, body, refusal) = await ReadAsync(context, callers, options.Value, HttpJson.Plain.TokenBody);
        refusal ??= Check(body!, key!, options.Value);
        if (refusal is null && key!.TakeToken() is { } wait)
        {
            refusal = new Refusal(StatusCodes.Status429TooManyRequests, "key_rate", "This API key makes too many tokens.") { RetryAfter = wait };
        }

        telemetry.TokenAsked(refusal?.Reason ?? "made");
        if (refusal is not null)
        {
            await refusal.WriteAsync(context);
            return;
        }

        var lifetime = body!.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : options.Value.TokenLifetime;
        var token = tokens.Make(body.UserId!, key!.Subject, body.Roles?.Distinct() ?? [], lifetime);
        LogMade(logger, key.Subject);
        context.Response.Headers.CacheControl = "no-store";
        await HttpResults.Json(new TokenIssued(token, "Bearer", (int)lifetime.TotalSeconds, body.UserId!), HttpJson.Plain.TokenIssued).ExecuteAsync(context);
    }

    private static async Task RevokeAsync(
        HttpContext context, HttpCallers callers, AccessTokens tokens, Revocations revocations, RevocationPublisher publisher, IOptions<AuthOptions> options,
        UserRates rates, TimeProvider time, ILogger<AccessTokens> logger)
    {
        var (key, body, refusal) = await ReadAsync(context, callers, options.Value, HttpJson.Plain.RevokeBody);
        var now = time.GetUtcNow();
        var revocation = refusal is null ? Revocation(body!, tokens, options.Value, now) : null;
        refusal ??= revocation is null ? Bad("Either 'token', one of ours, or 'user_id' is needed.")
            : revocation.Until > now && revocations.IsFull ? Unavailable("Too many revocations are remembered already.")
            : null;
        if (refusal is null && rates.Take($"revoke:key:{key!.Subject}") is { } wait)
        {
            refusal = new Refusal(StatusCodes.Status429TooManyRequests, "key_rate", "This API key revokes too many tokens.") { RetryAfter = wait };
        }

        if (refusal is null)
        {
            // here at once, whatever the broker does
            revocations.Add([revocation!]);
            LogRevoked(logger, key!.Subject);
            try
            {
                await publisher.PublishAsync([revocation!], context.RequestAborted);
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
            {
                LogNotPublished(logger, e);
                refusal = Unavailable("Revoked here, but the other gateways could not be told yet. Please ask again.");
            }
        }

        await (refusal?.WriteAsync(context) ?? HttpResults.Json(new TokenRevoked(true), HttpJson.Plain.TokenRevoked).ExecuteAsync(context));
    }

    private static async Task<(ApiKey? Key, TBody? Body, Refusal? Refusal)> ReadAsync<TBody>(
        HttpContext context, HttpCallers callers, AuthOptions options, JsonTypeInfo<TBody> type)
        where TBody : class
    {
        if (!options.Required)
        {
            return (null, null, new Refusal(StatusCodes.Status404NotFound, "open", "Auth:Mode is 'open': there are no tokens."));
        }

        if (callers.FindKey(context.Request, out var key) is { } refusal)
        {
            return (null, null, refusal);
        }

        if (!key!.MayGiveTokens)
        {
            return (null, null, Refusal.Forbidden("role", $"This API key has neither the role '{Roles.Tokens}' nor '{Roles.Admin}'."));
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return body is null ? (null, null, Bad("A JSON object is needed.")) : (key, body, null);
        }
        catch (JsonException)
        {
            return (null, null, Bad("The body is not the JSON that is expected."));
        }
    }

    private static Refusal? Check(TokenBody body, ApiKey key, AuthOptions options)
    {
        if (body.UserId is null || !UserIds.IsValid(body.UserId))
        {
            return Bad(UserIds.Rule);
        }

        if (body.ExpiresIn is { } seconds && (seconds < 1 || seconds > options.MaxTokenLifetime.TotalSeconds))
        {
            return Bad($"'expires_in' must be 1 to {options.MaxTokenLifetime.TotalSeconds:0} seconds.");
        }

        if (body.Roles is { } roles && (roles.Count > MaxRoles || roles.Any(r => r is not { Length: > 0 and <= MaxRoleLength })))
        {
            return Bad($"'roles' has at most {MaxRoles} members of 1 to {MaxRoleLength} characters.");
        }

        return body.Roles?.FirstOrDefault(r => !key.MayGive(r)) is { } role ? Refusal.Forbidden("role", $"This API key cannot give the role '{role}'.") : null;
    }

    private static TokenRevocation? Revocation(RevokeBody body, AccessTokens tokens, AuthOptions options, DateTimeOffset now) => body switch
    {
        { Token: { } token, UserId: null } => tokens.Read(token) is { TokenId: { } id, ExpiresAt: { } until }
            ? new TokenRevocation { TokenId = id, RevokedAt = now, Until = until }
            : null,
        { Token: null, UserId: { } userId } when UserIds.IsPlain(userId) =>
            new TokenRevocation { UserId = userId, RevokedAt = now, Until = now + options.MaxTokenLifetime },
        _ => null,
    };

    private static Refusal Bad(string message) => new(StatusCodes.Status400BadRequest, "bad_request", message);

    private static Refusal Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "unavailable", message) { RetryAfter = TimeSpan.FromSeconds(1) };

    [LoggerMessage(1821, LogLevel.Debug, "API key of {Subject} has made an access token.")]
    private static partial void LogMade(ILogger logger, string subject);

    [LoggerMessage(1822, LogLevel.Information, "API key of {Subject} has revoked access tokens.")]
    private static partial void LogRevoked(ILogger logger, string subject);

    [LoggerMessage(1823, LogLevel.Warning, "The other gateways could not be told of a revocation; they hear of it in a few seconds.")]
    private static partial void LogNotPublished(ILogger logger, Exception exception);
}
