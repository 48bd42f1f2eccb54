using Microsoft.OpenApi;
using StreamChat.Gateway.Auth;

namespace StreamChat.Gateway.Http;

/// <summary>Who may use an endpoint.</summary>
internal static class CallerRequirements
{
    private static readonly object CallerKey = new();

    /// <summary>
    /// Only users: with an access token, or in mode <c>open</c> anybody. The user id of the query must be theirs. The endpoint gets
    /// who it is from <see cref="GetCaller"/>.
    /// </summary>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Requirement(Admin: false)).DescribeUserId();

    /// <summary>The same for what a user has of their own: in mode <c>open</c> the query must say who it is, for nobody owns what all share.</summary>
    public static TBuilder RequireNamedCaller<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Requirement(Admin: false, Named: true)).DescribeUserId();

    /// <summary>Only administrators, by API key or access token with the role; in mode <c>open</c> anybody.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Requirement(Admin: true));

    /// <summary>On whose behalf the request is, at an endpoint that requires a caller.</summary>
    public static Caller GetCaller(this HttpContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException("The endpoint does not require a caller.");

    /// <summary>The same at any endpoint; null where it requires none.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Items[CallerKey] as Caller;

    /// <summary>Rejects callers who may not use the endpoint that was chosen.</summary>
    public static void UseCallers(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Requirement>() is { } requirement && Check(context, requirement) is { } refusal)
        {
            context.RequestServices.GetRequiredService<GatewayTelemetry>().Refused(refusal);
            await refusal.WriteAsync(context);
            return;
        }

        await next(context);
    });

    /// <summary>The middleware reads it, not the endpoint, so that it is in no signature that the description is made of.</summary>
    private static TBuilder DescribeUserId<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "user_id",
            In = ParameterLocation.Query,
            Description = "Who asks, in mode open; with an access token, nobody but its user.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        return Task.CompletedTask;
    });

    private static Refusal? Check(HttpContext context, Requirement requirement)
    {
        var callers = context.RequestServices.GetRequiredService<HttpCallers>();
        if (requirement.Admin)
        {
            return callers.CheckAdmin(context.Request);
        }

        var refusal = callers.Find(context.Request, HttpCallers.UserIdInQuery(context.Request), needed: requirement.Named, out var caller);
        context.Items[CallerKey] = caller;
        return refusal;
    }

    private sealed record Requirement(bool Admin, bool Named = false);
}
