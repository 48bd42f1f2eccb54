using System.Text.Json.Serialization;

namespace StreamChat.Gateway.Http;

/// <summary>What a request for a run can name.</summary>
/// <param name="Agents">The one that a new conversation begins with first.</param>
/// <param name="Models">The default first.</param>
/// <param name="Personalities">By id.</param>
internal sealed record Catalog(IReadOnlyList<CatalogAgent> Agents, IReadOnlyList<CatalogModel> Models, IReadOnlyList<CatalogPersonality> Personalities);

/// <summary>An agent; its names are those of the native protocol, which is not in snake case.</summary>
internal sealed record CatalogAgent(
    string Name,
    string Description,
    [property: JsonPropertyName("handOffs")] IReadOnlyList<string> HandOffs,
    IReadOnlyList<string> Tools,
    [property: JsonPropertyName("inputGuardrails")] IReadOnlyList<string> InputGuardrails);

/// <summary>A model.</summary>
internal sealed record CatalogModel(string Name, string Provider);

/// <summary>A manner of answering.</summary>
internal sealed record CatalogPersonality(string Id, string Description);
