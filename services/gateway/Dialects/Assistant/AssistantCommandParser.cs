using System.Text.Json;
using StreamChat.Contracts.Rooms;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>Reads the content of a command, <c>{command, args}</c>.</summary>
internal static class AssistantCommandParser
{
    public static AssistantCommand Parse(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Object || Text(content, "command") is not { } command)
        {
            throw FrameException.BadCommand();
        }

        var args = content.TryGetProperty("args", out var given) && given.ValueKind != JsonValueKind.Null ? given : default;
        if (args.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            throw FrameException.BadCommand();
        }

        return command switch
        {
            "join_room" => new JoinRoomCommand(Room(args)),
            "leave_room" => new LeaveRoomCommand(Room(args)),
            "create_room" => new CreateRoomCommand(
                Room(args), NonEmpty(args, "room_name"), NonEmpty(args, "description"), Number(args, "max_members"), Flag(args, "is_private"))
            {
                Speak = Choice(args, "speak", ("members", RoomSpeakers.Members), ("creator", RoomSpeakers.Creator)),
                Cancel = Choice(args, "cancel", ("asker", RoomCancellers.Asker), ("members", RoomCancellers.Members), ("creator", RoomCancellers.Creator)),
            },
            "invite" => new InviteCommand(Room(args), NonEmpty(args, "user_id") ?? throw FrameException.MissingUser()),
            "list_rooms" => new ListRoomsCommand(),
            "get_connection_info" => new ConnectionInfoCommand(),
            _ => throw FrameException.UnknownCommand(command),
        };
    }

    private static string Room(JsonElement args) => NonEmpty(args, "room_id") ?? throw FrameException.MissingRoom();

    private static string? NonEmpty(JsonElement args, string name) => Text(args, name) is { Length: > 0 } text ? text : null;

    private static string? Text(JsonElement args, string name) => Find(args, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw FrameException.BadCommand();

    private static int? Number(JsonElement args, string name) => Find(args, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw FrameException.BadCommand();

    private static bool Flag(JsonElement args, string name) => Find(args, name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw FrameException.BadCommand(),
    };

    /// <summary>One of some words; the first when there is none.</summary>
    private static T Choice<T>(JsonElement args, string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (NonEmpty(args, name) is not { } given)
        {
            return choices[0].Value;
        }

        foreach (var (word, value) in choices)
        {
            if (word == given)
            {
                return value;
            }
        }

        throw FrameException.BadCommand();
    }

    private static JsonElement? Find(JsonElement args, string name) =>
        args.ValueKind == JsonValueKind.Object && args.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
