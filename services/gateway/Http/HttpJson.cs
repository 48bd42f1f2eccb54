using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.Gateway.Dialects.YYChat;

namespace StreamChat.Gateway.Http;

/// <summary>The body of a refused request.</summary>
/// <param name="Detail">Why, for a person.</param>
internal sealed record ErrorBody(string Detail);

/// <summary>The body of a request with bad parameters, status 422.</summary>
internal sealed record ValidationBody(IReadOnlyList<ValidationProblem> Detail)
{
    /// <summary>One parameter is missing.</summary>
    public static ValidationBody Missing(string place, string name) => new([new ValidationProblem([place, name], "field required", "value_error.missing")]);

    /// <summary>The body cannot be read.</summary>
    public static readonly ValidationBody NotJson = new([new ValidationProblem(["body"], "not the JSON that is expected", "value_error.jsondecode")]);
}

/// <summary>What is wrong with one parameter.</summary>
/// <param name="Loc">Where: <c>query</c> or <c>body</c>, and its name.</param>
/// <param name="Msg">What, for a person.</param>
/// <param name="Type">What, for a program.</param>
internal sealed record ValidationProblem(IReadOnlyList<string> Loc, string Msg, string Type);

/// <summary>
/// The JSON of the HTTP interface: names in snake case as the five original services have them, text as it is instead of escaped.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ValidationBody))]
[JsonSerializable(typeof(ServiceInformation))]
[JsonSerializable(typeof(ServiceStatus))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(ListedRooms))]
[JsonSerializable(typeof(BroadcastBody))]
[JsonSerializable(typeof(BroadcastResult))]
[JsonSerializable(typeof(ConnectionStatistics))]
[JsonSerializable(typeof(YYChatReply<YYChatStatus>))]
[JsonSerializable(typeof(YYChatReply<HandlerList>))]
[JsonSerializable(typeof(ApiInformation))]
[JsonSerializable(typeof(ServiceHealth))]
[JsonSerializable(typeof(ApiHealth))]
[JsonSerializable(typeof(SocketHealth))]
[JsonSerializable(typeof(SessionStatistics))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokenIssued))]
[JsonSerializable(typeof(RevokeBody))]
[JsonSerializable(typeof(TokenRevoked))]
[JsonSerializable(typeof(Catalog))]
[JsonSerializable(typeof(ThreadListBody))]
[JsonSerializable(typeof(ThreadPageBody))]
[JsonSerializable(typeof(ThreadChangeBody))]
[JsonSerializable(typeof(string))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>With text as it is: answers are not put into HTML.</summary>
    public static HttpJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
