using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Tells what the tools for notes, to-dos and preferences answered. Null for an answer of another form.</summary>
internal static class UserDataText
{
    private const int MostItems = 10;

    public static string? Changed(JsonElement result, DemoConversation conversation) =>
        Part(result, "added") is { } added ? conversation.Say($"Noted as number {Number(added)}: “{Text(added)}”.", $"已记下第{Number(added)}条：“{Text(added)}”。")
        : Part(result, "removed") is { } removed ? conversation.Say($"Removed number {Number(removed)}: “{Text(removed)}”.", $"已删除第{Number(removed)}条：“{Text(removed)}”。")
        : Part(result, "completed") is { } done ? conversation.Say($"Done: “{Text(done)}”.", $"已完成：“{Text(done)}”。")
        : null;

    public static string? Notes(JsonElement result, DemoConversation conversation) =>
        List(result, "notes", conversation.Say("You have no notes.", "您还没有笔记。"), conversation.Say("Your notes:", "您的笔记："), conversation);

    public static string? Todos(JsonElement result, DemoConversation conversation) =>
        List(result, "todos", conversation.Say("You have nothing to do.", "您没有待办事项。"), conversation.Say("You have to do:", "您的待办："), conversation);

    public static string? Preference(JsonElement result, DemoConversation conversation) =>
        ResultText.Get(result, "name") is not { } name ? null
        : ResultText.Get(result, "value") is { } value ? conversation.Say($"I will remember: {name}: {value}.", $"我会记住：{name}：{value}。")
        : conversation.Say($"I have forgotten: {name}.", $"已忘记：{name}。");

    public static string? Preferences(JsonElement result, DemoConversation conversation)
    {
        if (Part(result, "preferences") is not { ValueKind: JsonValueKind.Object } all)
        {
            return null;
        }

        var lines = all.EnumerateObject().Take(MostItems).Select(p => conversation.Say($"- {p.Name}: {p.Value}", $"- {p.Name}：{p.Value}")).ToList();
        return lines.Count == 0
            ? conversation.Say("I know of no such preference of yours.", "我还不知道您的这项偏好。")
            : string.Join('\n', [conversation.Say("Your preferences:", "您的偏好："), .. lines]);
    }

    private static string? List(JsonElement result, string name, string none, string heading, DemoConversation conversation)
    {
        if (ResultText.List(result, name) is not { } items)
        {
            return null;
        }

        var lines = items.Take(MostItems).Select(i => $"{Number(i)}. {Text(i)}").ToList();
        var more = items.Count - lines.Count;
        return lines.Count == 0
            ? none
            : string.Join('\n', [heading, .. lines, .. more > 0 ? [conversation.Say($"… and {more} more.", $"……还有{more}条。")] : Array.Empty<string>()]);
    }

    private static JsonElement? Part(JsonElement result, string name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object ? part : null;

    private static string Number(JsonElement item) => ResultText.Get(item, "number") ?? "?";

    private static string Text(JsonElement item) => ResultText.Get(item, "text") ?? "";
}
