using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>A note or a to-do as the model reads it.</summary>
/// <param name="Number">By which it can be named.</param>
/// <param name="Text">What it says.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Done">Whether a to-do is done; null for a note.</param>
internal sealed record Item(long Number, string Text, DateTimeOffset Created, bool? Done)
{
    public static Item Note(Kept kept) => new(kept.Number, kept.Text, DateTimeOffset.FromUnixTimeMilliseconds(kept.CreatedAt), null);

    public static Item Todo(Kept kept) => new(kept.Number, kept.Text, DateTimeOffset.FromUnixTimeMilliseconds(kept.CreatedAt), kept.DoneAt is not null);
}

/// <summary>What <c>notes</c> answers.</summary>
/// <param name="Notes">Newest first.</param>
/// <param name="Total">How many there are that match.</param>
internal sealed record NoteList(IReadOnlyList<Item> Notes, int Total);

/// <summary>What <c>todos</c> answers.</summary>
/// <param name="Todos">Oldest first.</param>
/// <param name="Total">How many there are that match.</param>
internal sealed record TodoList(IReadOnlyList<Item> Todos, int Total);

/// <summary>What a change answers: one of the three is there.</summary>
internal sealed record Changed
{
    /// <summary>What was added.</summary>
    public Short? Added { get; init; }

    /// <summary>What is not there any more.</summary>
    public Short? Removed { get; init; }

    /// <summary>What is done.</summary>
    public Short? Completed { get; init; }
}

/// <summary>A note or a to-do in a word.</summary>
internal sealed record Short(long Number, string Text);

/// <summary>What <c>preferences</c> answers.</summary>
internal sealed record PreferenceList(IReadOnlyDictionary<string, string> Preferences);

/// <summary>What <c>set_preference</c> answers.</summary>
/// <param name="Name">Which.</param>
/// <param name="Value">What it is now; null when it was forgotten.</param>
internal sealed record PreferenceSet(string Name, string? Value);

[JsonSerializable(typeof(NoteList))]
[JsonSerializable(typeof(TodoList))]
[JsonSerializable(typeof(Changed))]
[JsonSerializable(typeof(PreferenceList))]
[JsonSerializable(typeof(PreferenceSet))]
internal sealed partial class UserDataJson : JsonSerializerContext
{
    /// <summary>As models like to read it.</summary>
    public static UserDataJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
