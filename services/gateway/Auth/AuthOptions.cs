using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Auth;

/// <summary>Whether users must prove who they are.</summary>
internal enum AuthMode
{
    /// <summary>No: the user id of path or query is believed. For a machine of one's own.</summary>
    Open,

    /// <summary>Yes, with an access token.</summary>
    Required,
}

/// <summary>Section <c>Auth</c>.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    public AuthMode Mode { get; set; }

    /// <summary>The API keys of those who give users their tokens, and of operators.</summary>
    public IList<ApiKeyOptions> Keys { get; } = [];

    /// <summary>
    /// Folder with the keys that protect access tokens, shared by all gateways; made when it is not there. Guard it: who reads it can
    /// make tokens. Without one a gateway makes keys for itself, and its tokens are good for it alone and until it stops.
    /// </summary>
    public string? KeysPath { get; set; }

    /// <summary>How long an access token is good when the request for it does not say.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest that a request may ask for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Revocations remembered at once; one more is refused with 503 until older ones have expired.</summary>
    [Range(1, 1_000_000)]
    public int Revocations { get; set; } = 10_000;

    /// <summary>
    /// Origins whose pages may use the server, over sockets and HTTP, beside that of the server itself: <c>https://chat.example.com</c>,
    /// <c>capacitor://localhost</c>; <c>null</c> for pages opened from a file, which any site can imitate; <c>*</c> for all. Programs
    /// that are not browsers send no origin and do not need one.
    /// </summary>
    public IList<string> Origins { get; } = [];

    public bool Required => Mode == AuthMode.Required;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Required && Keys.Count == 0)
        {
            yield return new("mode 'required' needs at least one API key, or nobody could get in: the command 'hash-key' makes one", [nameof(Keys)]);
        }

        for (var i = 0; i < Keys.Count; i++)
        {
            foreach (var problem in Keys[i].Problems())
            {
                yield return new(problem.Message, [$"{nameof(Keys)}:{i}:{problem.Key}"]);
            }
        }

        if (Keys.Select(k => k.Hash).Distinct(StringComparer.OrdinalIgnoreCase).Count() < Keys.Count)
        {
            yield return new("the same hash is listed twice", [nameof(Keys)]);
        }

        if (TokenLifetime > MaxTokenLifetime)
        {
            yield return new($"must not be longer than {nameof(MaxTokenLifetime)}", [nameof(TokenLifetime)]);
        }

        for (var i = 0; i < Origins.Count; i++)
        {
            if (Origins[i] != OriginRule.Any && !Origin.TryParse(Origins[i], out _))
            {
                yield return new("must be an origin, such as https://chat.example.com, capacitor://localhost, null or *", [$"{nameof(Origins)}:{i}"]);
            }
        }
    }
}

/// <summary>One of <see cref="AuthOptions.Keys"/>.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>SHA-256 of the key, 64 hex digits.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Who has it, for logs.</summary>
    public string Subject { get; set; } = "";

    /// <summary>What it may do: members of <see cref="Auth.Roles"/>, and any that its tokens are to carry.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>Tokens that it may make in a second; 0 for any number.</summary>
    public double Rate { get; set; }

    public IEnumerable<(string Key, string Message)> Problems()
    {
        if (Hash.Length != 64 || !Hash.All(char.IsAsciiHexDigit))
        {
            yield return (nameof(Hash), "must be 64 hex digits, as the command 'hash-key' prints them");
        }

        if (string.IsNullOrWhiteSpace(Subject))
        {
            yield return (nameof(Subject), "is missing: who has this key?");
        }

        if (!double.IsFinite(Rate) || Rate < 0)
        {
            yield return (nameof(Rate), "must be 0 or more");
        }
    }
}
