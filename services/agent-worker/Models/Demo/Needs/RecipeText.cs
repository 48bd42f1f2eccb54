using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Tells what the recipe tool answered: the best recipe in full, the others by name. Short, for clients that stop reading after a hundred pieces.</summary>
internal static class RecipeText
{
    /// <returns>Null when it is an answer of another form.</returns>
    public static string? Of(JsonElement result, string wish, DemoConversation conversation)
    {
        if (ResultText.List(result, "recipes") is not { } recipes)
        {
            return null;
        }

        if (recipes.Count == 0)
        {
            return conversation.Say($"I have no recipe for {wish}.", $"抱歉，没有找到{wish}的食谱。");
        }

        var best = recipes[0];
        var between = conversation.Say(", ", "、");
        var ingredients = string.Join(between, (ResultText.List(best, "ingredients") ?? []).Select(i => i.ToString()));
        var steps = (ResultText.List(best, "steps") ?? []).Select((step, i) => $"{i + 1}. {step}");
        var others = recipes.Skip(1).Select(r => Title(r, conversation)).ToList();
        return string.Join(
            '\n',
            [
                wish.Length == 0
                    ? conversation.Say($"How about this: {Title(best, conversation)}", $"推荐您试试：{Title(best, conversation)}")
                    : conversation.Say($"Recipes for {wish}: {Title(best, conversation)}", $"{wish}的食谱：{Title(best, conversation)}"),
                conversation.Say($"You need: {ingredients}", $"食材：{ingredients}"),
                .. steps,
                .. others.Count == 0 ? Array.Empty<string>() : ["", conversation.Say("Also: ", "还有：") + string.Join(between, others)],
            ]);
    }

    private static string Title(JsonElement recipe, DemoConversation conversation)
    {
        var (name, minutes) = (ResultText.Get(recipe, "name") ?? "", ResultText.Get(recipe, "minutes") ?? "?");
        return conversation.Say($"{name} ({minutes} min)", $"{name}（{minutes}分钟）");
    }
}
