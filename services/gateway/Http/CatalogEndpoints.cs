using StreamChat.Gateway.Agents;

namespace StreamChat.Gateway.Http;

/// <summary>What there is to choose from, for clients of the native protocol.</summary>
internal static class CatalogEndpoints
{
    public static void MapCatalog(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/api/v1/catalog", (IAgentDirectory directory) =>
            HttpResults.Json(
                new Catalog(
                    [.. directory.Agents.Select(a => new CatalogAgent(a.Name, a.Description, a.HandOffs, a.Tools, a.InputGuardrails))],
                    [.. directory.Models.Select(m => new CatalogModel(m.Name, m.Provider))],
                    [.. directory.Personalities.Select(p => new CatalogPersonality(p.Id, p.Description))]),
                HttpJson.Plain.Catalog))
        .RequireCaller()
        .LimitRequests()
        .WithTags("StreamChat")
        .WithSummary("The agents, models and personalities that a run can name, the defaults first; empty while no agent-worker has been heard.")
        .Produces<Catalog>()
        .Produces<ErrorBody>(StatusCodes.Status401Unauthorized)
        .Produces<ErrorBody>(StatusCodes.Status403Forbidden);
}
