using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using StreamChat.AgentWorker.Agents.Context;

namespace StreamChat.UnitTests.AgentWorker.Agents.Context;

public sealed class ThreadContextTests
{
    private const int MaxChars = 8192;

    // names that need escaping in a pointer, names of typed values, and nested ones
    private static readonly Gen<string> Names = Gen.Elements("mood", "city", "a", "b", "a/b", "~", "~1", "m~n/o", "", "ü", "more");

    private static readonly Gen<JsonNode?> Leaves = Gen.OneOf(
        Gen.Elements("x", "y", "", "汉", "a\"b").Select(t => (JsonNode?)JsonValue.Create(t)),
        Gen.Choose(0, 3).Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Elements(true, false).Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Constant((JsonNode?)null));

    [Fact]
    public void What_the_patch_says_is_what_the_context_becomes() => Prop.ForAll(Arb.From(Objects(3)), Arb.From(Objects(3)), (before, change) =>
    {
        var context = ThreadContext.Empty.Take(Element(before), MaxChars);
        var snapshot = context.ToJson();
        context.Merge(Element(change), MaxChars, out var merged);
        var delta = JsonDiff.Between(snapshot, merged.ToJson());
        if (delta is null)
        {
            return JsonElement.DeepEquals(snapshot, merged.ToJson());
        }

        var patched = JsonPatch.Apply(JsonNode.Parse(snapshot.GetRawText()), delta.Value);
        return JsonElement.DeepEquals(merged.ToJson(), Element(patched)) && delta.Value.GetArrayLength() > 0;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void What_is_written_is_read_back_the_same() => Prop.ForAll(Arb.From(Objects(3)), value =>
    {
        var context = ThreadContext.Empty.Take(Element(value), MaxChars);
        return JsonElement.DeepEquals(context.ToJson(), ThreadContext.Parse(context.ToString(), MaxChars).ToJson());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void As_many_members_as_have_room_are_taken_at_once()
    {
        var context = ThreadContext.Empty.Take(Many(600), MaxChars);

        Assert.Equal(600, context.More?.Count);
        Assert.Equal(600, ThreadContext.Parse(context.ToString(), MaxChars).More?.Count);
    }

    [Fact]
    public void Of_more_than_is_possible_only_the_first_are_tried()
    {
        var context = ThreadContext.Empty.Take(Many(50_000), MaxChars);

        Assert.Equal(Enumerable.Range(0, 256).Select(i => $"k{i}"), context.More!.Keys);
    }

    // the examples of RFC 7396, appendix A, as far as they are about objects
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_merge_patch_is_applied_as_its_standard_says(string before, string patch, string after)
    {
        var problem = ThreadContext.Parse(before, MaxChars).Merge(JsonElement.Parse(patch), MaxChars, out var merged);
        Assert.Null(problem);
        Assert.Equal(after, merged.ToString());
    }

    [Theory]
    [InlineData("""{"city":5}""", "'city' is text")]
    [InlineData("""{"diet":["vegan"]}""", "'diet' is text")]
    [InlineData("[]", "JSON object")]
    [InlineData("\"x\"", "JSON object")]
    [InlineData("""{"":1}""", "a name has")]
    [InlineData("""{"a\u0001":1}""", "a name has")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}""", "levels")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "no name twice")]
    [InlineData("""{"a":"\ud800"}""", "plain JSON")]
    public void A_change_that_is_not_possible_changes_nothing_and_says_why(string patch, string why)
    {
        var before = ThreadContext.Parse("""{"city":"Rome","a":1}""", MaxChars);
        var problem = before.Merge(JsonElement.Parse(patch), MaxChars, out var after);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.Same(before, after);
    }

    [Fact]
    public void Texts_names_and_the_whole_have_a_length()
    {
        Assert.Null(Problem($$"""{"city":"{{new string('x', 1000)}}"}"""));
        Assert.Contains("1000 characters", Problem($$"""{"city":"{{new string('x', 1001)}}"}"""), StringComparison.Ordinal);
        Assert.Null(Problem($$"""{"{{new string('n', 64)}}":1}"""));
        Assert.Contains("64 characters", Problem($$"""{"{{new string('n', 65)}}":1}"""), StringComparison.Ordinal);
        Assert.Contains("8192 characters", Problem($$"""{"a":[{{string.Join(',', Enumerable.Repeat($"\"{new string('x', 900)}\"", 10))}}]}"""), StringComparison.Ordinal);

        static string? Problem(string patch) => ThreadContext.Empty.Merge(JsonElement.Parse(patch), MaxChars, out _);
    }

    [Theory]
    [InlineData(null, "{}")]
    [InlineData("", "{}")]
    [InlineData("not json", "{}")]
    [InlineData("[]", "{}")]
    [InlineData("""{"city":"Rome","mood":7,"x":1}""", """{"city":"Rome","x":1}""")]
    public void What_was_stored_is_read_as_far_as_it_is_possible(string? stored, string read) => Assert.Equal(read, ThreadContext.Parse(stored, MaxChars).ToString());

    [Fact]
    public void The_difference_names_only_what_changed_deep_inside_and_escapes_names()
    {
        var delta = JsonDiff.Between(
            JsonElement.Parse("""{"city":"Rome","a/b":{"m~n":1,"same":[1,2],"gone":0},"list":[1]}"""),
            JsonElement.Parse("""{"a/b":{"m~n":2,"same":[1,2]},"city":"Rome","list":[1,2],"new":null}"""));
        Assert.Equal(
            """[{"op":"remove","path":"/a~1b/gone"},{"op":"replace","path":"/a~1b/m~0n","value":2},{"op":"replace","path":"/list","value":[1,2]},{"op":"add","path":"/new","value":null}]""",
            delta!.Value.GetRawText());
        Assert.Null(JsonDiff.Between(JsonElement.Parse("""{"a":1,"b":2}"""), JsonElement.Parse("""{"b":2,"a":1}""")));
    }

    private static Gen<JsonObject> Objects(int depth) =>
        from names in Gen.ListOf(Names)
        from values in Gen.ListOf(Values(depth), names.Count)
        select new JsonObject(names.Zip(values).DistinctBy(p => p.First).Select(p => KeyValuePair.Create(p.First, p.Second?.DeepClone())));

    private static Gen<JsonNode?> Values(int depth) => depth == 0
        ? Leaves
        : Gen.OneOf(Leaves, Gen.Sized(size => Gen.Resize(Objects(depth - 1), size / 4)).Select(o => (JsonNode?)o), Gen.ListOf(Leaves, 2).Select(l => (JsonNode?)new JsonArray([.. l.Select(v => v?.DeepClone())])));

    private static JsonElement Many(int members) => JsonSerializer.SerializeToElement(Enumerable.Range(0, members).ToDictionary(i => $"k{i}", i => i));

    private static JsonElement Element(JsonNode? node) => JsonElement.Parse(node?.ToJsonString() ?? "null");
}
