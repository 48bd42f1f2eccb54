using StreamChat.Gateway.Http.EventStreams;

namespace StreamChat.Gateway.Http;

/// <summary>What the session protocol's service tells and streams over HTTP.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithTags("Session");
        group.MapGet("/api", () => HttpResults.Json(new ApiInformation("Welcome to StreamChat API", ServiceVersion.Text, "/docs"), HttpJson.Plain.ApiInformation))
            .WithSummary("Information on the service.")
            .Produces<ApiInformation>();
        group.MapGet(
                "/agent_chat_stream",
                (HttpContext context, EventStreamEndpoint endpoint, string? query, string? session_id, string? verbose) =>
                    endpoint.ServeAsync(context, query, session_id, verbose))
            .RequireCaller()
            .WithSummary("An answer as server-sent events. Last-Event-ID goes on where a stream was cut off.")
            .Produces<string>(contentType: System.Net.Mime.MediaTypeNames.Text.EventStream)
            .Produces<ValidationBody>(StatusCodes.Status422UnprocessableEntity);
    }
}
