using System.Text.Json;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Dialects.Session;

/// <summary>Reads the questions that a client of the session protocol asks.</summary>
internal sealed class SessionQueryParser(int maxDepth, int maxCharacters)
{
    private const int MaxIdLength = 128;

    private readonly JsonDocumentOptions _json = new() { MaxDepth = maxDepth };

    public ClientFrame Parse(ReadOnlyMemory<byte> frame, string userId, IIdGenerator ids)
    {
        try
        {
            using var document = JsonDocument.Parse(frame, _json);
            return Parse(document.RootElement, userId, ids);
        }
        catch (JsonException)
        {
            return Invalid("The message is not JSON.", FaultCodes.InvalidJson);
        }
        catch (InvalidOperationException)
        {
            return Invalid("A field's name is not text.");
        }
    }

    /// <summary>A question in its parts.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="sessionId">The conversation; null for one of this question alone.</param>
    /// <param name="verbose">See <see cref="SessionQuery.Verbose"/>.</param>
    /// <param name="userId">Who asks.</param>
    /// <param name="ids">For the conversation without a name.</param>
    public ClientFrame Parse(string query, string? sessionId, bool verbose, string userId, IIdGenerator ids)
    {
        if (string.IsNullOrWhiteSpace(query))
        {
            return Invalid("Please ask something: 'query' is empty.");
        }

        if (JsonStrings.CountCharacters(query) is var characters && characters > maxCharacters)
        {
            return Invalid($"The query has {characters} characters; {maxCharacters} are allowed.", FaultCodes.TooLarge);
        }

        if (sessionId is not null && (sessionId.Length > MaxIdLength || sessionId.Any(char.IsControl)))
        {
            return Invalid($"'session_id' has at most {MaxIdLength} characters, none of them a control character.");
        }

        return new SessionQuery
        {
            ThreadId = ThreadIds.Of(SessionDialect.DialectName, userId, string.IsNullOrEmpty(sessionId) ? ids.NewUuid().ToString() : sessionId),
            Messages = [new InputMessage { Role = "user", Content = query }],
            Verbose = verbose,
        };
    }

    private ClientFrame Parse(JsonElement root, string userId, IIdGenerator ids)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Invalid("A message is a JSON object with a 'query'.");
        }

        var query = "";
        if (JsonStrings.Field(root, "query") is { } asked)
        {
            if (JsonStrings.Text(asked) is not { } text)
            {
                return Invalid("'query' must be a string.");
            }

            query = text;
        }

        string? sessionId = null;
        if (JsonStrings.Field(root, "session_id") is { } named)
        {
            sessionId = named.ValueKind == JsonValueKind.Number ? named.GetRawText() : JsonStrings.Text(named);
            if (sessionId is null)
            {
                return Invalid("'session_id' must be a string.");
            }
        }

        var verbose = JsonStrings.Field(root, "verbose");
        return verbose is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) }
            ? Invalid("'verbose' must be true or false.")
            : Parse(query, sessionId, verbose is { ValueKind: JsonValueKind.True }, userId, ids);
    }

    private static InvalidFrame Invalid(string message, string code = FaultCodes.InvalidFrame) => new(new Fault(code, message));
}
