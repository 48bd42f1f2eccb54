using System.Text.Json;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>What the tools for notes, to-dos and preferences promise, whatever the database.</summary>
public abstract class UserDataTests : ToolStoreTests
{
    [Fact]
    public async Task Notes_are_added_listed_found_and_removed()
    {
        Assert.Equal("""{"added":{"number":1,"text":"buy milk"}}""", await Tools.ResultAsync("add_note", """{"text":" buy milk "}"""));
        Assert.Equal("""{"number":2,"text":"明天打电话   👋"}""", Readable(await Tools.ResultAsync("add_note", """{"text":"明天打电话 \u0000 👋"}""")));
        Assert.Equal(["2: 明天打电话   👋", "1: buy milk"], await ListAsync("notes"));
        Assert.Equal(["1: buy milk"], await ListAsync("notes", """{"search":"MILK"}"""));

        Assert.Equal("""{"removed":{"number":1,"text":"buy milk"}}""", await Tools.ResultAsync("remove_note", """{"note":"#1"}"""));
        Assert.Equal("There is no note with the number 1.", (await Tools.InvokeAsync("remove_note", """{"note":"1"}""")).Error);
        await Tools.ResultAsync("remove_note", """{"note":"打电话"}""");
        Assert.Empty(await ListAsync("notes"));
    }

    [Fact]
    public async Task Todos_are_added_done_and_removed()
    {
        await Tools.ResultAsync("add_todo", """{"text":"call Bob"}""");
        await Tools.ResultAsync("add_todo", """{"text":"call Eve"}""");
        await Tools.ResultAsync("add_todo", """{"text":"买牛奶"}""");
        Assert.Equal("Several are meant; name one by its number: 1: call Bob; 2: call Eve.", (await Tools.InvokeAsync("complete_todo", """{"todo":"call"}""")).Error);
        Assert.Equal("""{"completed":{"number":3,"text":"买牛奶"}}""", await Tools.ResultAsync("complete_todo", """{"todo":"牛奶"}"""));
        Assert.Equal("""{"completed":{"number":2,"text":"call Eve"}}""", await Tools.ResultAsync("complete_todo", """{"todo":"2"}"""));

        // of two the one that is left is meant
        Assert.Equal("""{"completed":{"number":1,"text":"call Bob"}}""", await Tools.ResultAsync("complete_todo", """{"todo":"call"}"""));
        Assert.Empty(await ListAsync("todos"));
        Assert.Equal(["1: call Bob", "2: call Eve", "3: 买牛奶"], await ListAsync("todos", """{"done":true}"""));
        await Tools.ResultAsync("remove_todo", """{"todo":"call bob"}""");
        Assert.Equal(["2: call Eve", "3: 买牛奶"], await ListAsync("todos", """{"done":true}"""));
        Assert.Equal("There is no to-do that contains 'xyz'.", (await Tools.InvokeAsync("remove_todo", """{"todo":"xyz"}""")).Error);
    }

    [Fact]
    public async Task Preferences_are_set_changed_and_forgotten()
    {
        Assert.Equal("""{"name":"diet","value":"vegan"}""", await Tools.ResultAsync("set_preference", """{"name":" Diet ","value":"vegan"}"""));
        await Tools.ResultAsync("set_preference", """{"name":"口味","value":"辣"}""");
        await Tools.ResultAsync("set_preference", """{"name":"diet","value":"vegetarian"}""");
        Assert.Equal("""{"preferences":{"diet":"vegetarian","口味":"辣"}}""", await Tools.ResultAsync("preferences"));
        Assert.Equal("""{"preferences":{"口味":"辣"}}""", await Tools.ResultAsync("preferences", """{"name":"口味"}"""));
        Assert.Equal("""{"name":"diet"}""", await Tools.ResultAsync("set_preference", """{"name":"diet"}"""));
        Assert.Equal("""{"preferences":{"口味":"辣"}}""", await Tools.ResultAsync("preferences"));
    }

    [Theory]
    [InlineData("add_note", """{"text":"secret"}""")]
    [InlineData("notes", "{}")]
    [InlineData("complete_todo", """{"todo":"1"}""")]
    [InlineData("set_preference", """{"name":"diet","value":"vegan"}""")]
    public async Task Nothing_is_kept_for_users_without_a_name(string tool, string arguments) =>
        Assert.StartsWith("The user has given no name", (await Tools.InvokeAsync(tool, arguments, userId: "anonymous")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Nobody_sees_or_changes_what_is_anothers()
    {
        await Tools.ResultAsync("add_note", """{"text":"secret"}""");
        await Tools.ResultAsync("add_todo", """{"text":"secret"}""");
        await Tools.ResultAsync("set_preference", """{"name":"x","value":"secret"}""");

        Assert.Empty(await ListAsync("notes", userId: "bob"));
        Assert.Empty(await ListAsync("todos", userId: "bob"));
        Assert.Equal("""{"preferences":{}}""", await Tools.ResultAsync("preferences", userId: "bob"));
        Assert.NotNull((await Tools.InvokeAsync("remove_note", """{"note":"1"}""", "bob")).Error);
        Assert.NotNull((await Tools.InvokeAsync("complete_todo", """{"todo":"1"}""", "bob")).Error);
        await Tools.ResultAsync("set_preference", """{"name":"x"}""", "bob");
        Assert.Equal("""{"added":{"number":1,"text":"mine"}}""", await Tools.ResultAsync("add_note", """{"text":"mine"}""", "bob"));
        Assert.Equal(["1: secret"], await ListAsync("notes"));
        Assert.Equal("""{"preferences":{"x":"secret"}}""", await Tools.ResultAsync("preferences"));
    }

    [Fact]
    public async Task No_user_keeps_more_than_allowed_not_even_all_at_once()
    {
        Tools.Limits.Notes = 3;
        Tools.Limits.Todos = 1;
        Tools.Limits.Preferences = 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Tools.InvokeAsync("add_note", $$"""{"text":"note {{i}}"}""")));
        Assert.Equal(3, answers.Count(a => a.Error is null));
        Assert.All(answers.Where(a => a.Error is not null), a => Assert.StartsWith("There are 3 notes already", a.Error, StringComparison.Ordinal));
        Assert.Equal(3, (await ListAsync("notes")).Count);

        await Tools.ResultAsync("add_todo", """{"text":"one"}""");
        Assert.StartsWith("There are 1 to-dos already", (await Tools.InvokeAsync("add_todo", """{"text":"two"}""")).Error, StringComparison.Ordinal);
        await Tools.ResultAsync("set_preference", """{"name":"a","value":"1"}""");
        await Tools.ResultAsync("set_preference", """{"name":"a","value":"2"}""");
        Assert.StartsWith("There are 1 preferences already", (await Tools.InvokeAsync("set_preference", """{"name":"b","value":"1"}""")).Error, StringComparison.Ordinal);
        await Tools.ResultAsync("add_note", """{"text":"another user's"}""", "bob");
    }

    [Theory]
    [InlineData("add_note", """{"text":"  "}""", "Parameter 'text' is empty.")]
    [InlineData("add_note", "{}", "Missing parameter 'text'.")]
    [InlineData("add_todo", """{"text":5}""", "Parameter 'text' must be a JSON string.")]
    [InlineData("set_preference", """{"name":"","value":"x"}""", "Parameter 'name' is empty.")]
    [InlineData("remove_note", """{"note":""}""", "There is no note that contains ''.")]
    [InlineData("complete_todo", """{"todo":"99999999999999999999"}""", "There is no to-do that contains '99999999999999999999'.")]
    public async Task A_wrong_argument_is_named(string tool, string arguments, string error) => Assert.Equal(error, (await Tools.InvokeAsync(tool, arguments)).Error);

    [Fact]
    public async Task Texts_have_a_limit_and_the_largest_list_still_fits_into_a_result()
    {
        var longest = JsonSerializer.Serialize(new { text = new string('文', 1000) });
        Assert.StartsWith("Parameter 'text' is longer", (await Tools.InvokeAsync("add_note", JsonSerializer.Serialize(new { text = new string('x', 1001) }))).Error, StringComparison.Ordinal);
        for (var i = 0; i < 30; i++)
        {
            await Tools.ResultAsync("add_note", longest);
        }

        using var list = JsonDocument.Parse(await Tools.ResultAsync("notes"));
        Assert.Equal(30, list.RootElement.GetProperty("total").GetInt32());
        Assert.InRange(list.RootElement.GetProperty("notes").GetArrayLength(), 5, 29);
        Assert.Equal(30, list.RootElement.GetProperty("notes")[0].GetProperty("number").GetInt32());
    }

    // an emoji is escaped in JSON
    private static string Readable(string changed)
    {
        using var json = JsonDocument.Parse(changed);
        var added = json.RootElement.GetProperty("added");
        return $$"""{"number":{{added.GetProperty("number")}},"text":"{{added.GetProperty("text")}}"}""";
    }

    private async Task<List<string>> ListAsync(string tool, string arguments = "{}", string userId = "ada")
    {
        using var result = JsonDocument.Parse(await Tools.ResultAsync(tool, arguments, userId));
        return result.RootElement.GetProperty(tool).EnumerateArray().Select(i => $"{i.GetProperty("number")}: {i.GetProperty("text")}").ToList();
    }
}
