namespace StreamChat.Gateway.Http;

/// <summary><c>GET /api</c>.</summary>
internal sealed record ApiInformation(string Message, string Version, string Docs);
