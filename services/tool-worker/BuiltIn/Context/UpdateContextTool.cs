using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using StreamChat.Storage;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Context;

/// <summary>
/// Changes what is known of the thread's user and situation. The tool itself keeps nothing: its answer carries the change, so that
/// calling it twice does no harm.
/// </summary>
internal static class UpdateContextTool
{
    public const string Name = "update_context";

    private const string Description =
        "Remembers for this conversation what the user says of themselves and their situation. Give only what has changed; an empty text forgets.";

    private const int MaxLength = 100;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Tool Create() => Tool.OfJson(Update, Name, Description, Timeout);

    private static JsonElement Update(
        AIFunctionArguments arguments,
        [Description("Where the user is or lives.")] string? city = null,
        [Description("How the user feels, in a word.")] string? mood = null,
        [Description("Whom it is about, when one account serves several people: 'me', 'mother', '爸爸'.")] string? member = null,
        [Description("The language that the user wants to be answered in, for example 'en' or 'zh'.")] string? language = null,
        [Description("What the user eats or does not eat, for example 'vegetarian'.")] string? diet = null,
        [Description("How active the user is: 'low', 'medium' or 'high'.")] string? activity_level = null,
        [Description("How many hours the user sleeps a night, 0 to 24.")] double? sleep_hours = null)
    {
        JsonObject patch = [];
        Put("city", city);
        Put("mood", mood);
        Put("member", member);
        Put("language", language);
        Put("diet", diet);
        Put("activity_level", activity_level);
        if (sleep_hours is { } hours)
        {
            patch["sleep_hours"] = hours is >= 0 and <= 24 ? hours : throw new ToolException("Parameter 'sleep_hours' must be from 0 to 24.");
        }

        if (patch.Count == 0)
        {
            throw new ToolException("There is nothing to remember: give at least one parameter.");
        }

        ToolCallContext.Of(arguments).Patch = JsonElement.Parse(patch.ToJsonString(Readable));
        return JsonElement.Parse(new JsonObject { ["updated"] = patch }.ToJsonString(Readable));

        void Put(string name, string? value)
        {
            if (value is null)
            {
                return;
            }

            var clean = StorableText.Clean(value.Trim());
            patch[name] = clean.Length switch
            {
                0 => null,
                > MaxLength => throw new ToolException($"Parameter '{name}' is longer than {MaxLength} characters."),
                _ => clean,
            };
        }
    }
}
