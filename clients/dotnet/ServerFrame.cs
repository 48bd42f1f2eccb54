using System.Text.Json;

namespace StreamChat.Client;

/// <summary>A frame of a type that this version does not know.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Content">All of it.</param>
public sealed record ServerFrame(string Type, JsonElement Content);
