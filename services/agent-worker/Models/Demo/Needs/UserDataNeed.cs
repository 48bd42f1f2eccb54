using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>One thing to do with the user's notes, to-dos and preferences: for a personal assistant, by a tool of its own.</summary>
internal sealed partial class UserDataNeed : INeedKind
{
    private readonly Regex _asked;
    private readonly string? _argument;
    private readonly Func<JsonElement, DemoConversation, string?> _tell;
    private readonly (string English, string Chinese) _ask;

    private UserDataNeed(
        string tool, Regex asked, string? argument, Func<JsonElement, DemoConversation, string?> tell, (string English, string Chinese) ask = default)
    {
        (Tools, _asked, _argument, _tell, _ask) = ([tool], asked, argument, tell, ask);
    }

    /// <summary>In order: a question that shows several means the first.</summary>
    public static IReadOnlyList<UserDataNeed> All { get; } =
    [
        new("remove_note", UserDataPatterns.RemoveNote(), "note", UserDataText.Changed, ("Which note shall I remove?", "要删除哪条笔记？")),
        new("remove_todo", UserDataPatterns.RemoveTodo(), "todo", UserDataText.Changed, ("Which to-do shall I remove?", "要删除哪条待办？")),
        new("complete_todo", UserDataPatterns.CompleteTodo(), "todo", UserDataText.Changed, ("Which to-do is done?", "哪条待办完成了？")),
        new("add_todo", UserDataPatterns.AddTodo(), "text", UserDataText.Changed, ("What shall I add to your to-do list?", "要添加什么待办？")),
        new("add_note", UserDataPatterns.AddNote(), "text", UserDataText.Changed, ("What shall I note?", "要记下什么？")),
        new("set_preference", UserDataPatterns.SetPreference(), "value", UserDataText.Preference),
        new("preferences", UserDataPatterns.Preferences(), null, UserDataText.Preferences),
        new("todos", UserDataPatterns.Todos(), null, UserDataText.Todos),
        new("notes", UserDataPatterns.Notes(), null, UserDataText.Notes),
    ];

    public IReadOnlyList<string> Tools { get; }

    public IReadOnlyList<string> Topics { get; } = ["personal", "assistant"];

    /// <summary>Whether the user's own words go to the tool.</summary>
    public bool TakesText => _argument is not null;

    /// <summary>What a question asks for; null when it asks for none of it.</summary>
    public static UserDataNeed? In(string question) => All.FirstOrDefault(kind => kind._asked.IsMatch(question));

    public IEnumerable<Mention> FindIn(string question) => _asked.Match(question) is { Success: true } match ? [new Mention(match.Index, match.Value)] : [];

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var match = _asked.Match(mention.Text);
        match = match.Success ? match : _asked.Match(conversation.Question);
        var text = match.Groups["text"].Value.Trim().Trim('“', '”', '"', '「', '」').TrimEnd('.', '。', '!', '！', '?', '？', ' ');
        Dictionary<string, object?> arguments = [];
        if (_argument is not null)
        {
            arguments[_argument] = text;
        }

        if (match.Groups["name"] is { Success: true } name)
        {
            arguments["name"] = PreferenceName(match.Groups["favourite"].Success, name.Value, conversation);
        }

        return
        [
            new Need
            {
                Kind = this,
                Subject = text.Length > 0 ? text : Tools[0],
                SubjectArgument = _argument,
                Arguments = arguments,
                Ask = _argument is not null && text.Length == 0 ? conversation.Say(_ask.English, _ask.Chinese) : null,
            },
        ];
    }

    public string? Tell(Need need, JsonElement result, DemoConversation conversation) => _tell(result, conversation) ?? ResultText.Of(result);

    public string Name(DemoConversation conversation) => conversation.Say("the notebook", "备忘录");

    private static string PreferenceName(bool isFavourite, string name, DemoConversation conversation) =>
        isFavourite ? conversation.Say($"favourite {name.Trim()}", $"最喜欢的{name.Trim()}") : name.Trim();
}
