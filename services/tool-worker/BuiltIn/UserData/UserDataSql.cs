using StreamChat.Storage.Providers;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>The statements about what users had kept, in the SQL that SQLite and PostgreSQL share.</summary>
internal sealed class UserDataSql(StoreDatabase database)
{
    /// <summary>Makes transactions that change something of the user's wait for each other until they end.</summary>
    public string Lock { get; } = database.LockUserData;

    /// <summary>Newest first.</summary>
    public string Notes { get; } =
        "select number as Number, content as Text, created_at as CreatedAt from notes where user_id = @UserId order by number desc";

    public string AddNote { get; } = """
        insert into notes (user_id, number, content, created_at)
        select @UserId, coalesce(max(number), 0) + 1, @Text, @Now from notes where user_id = @UserId
        returning number
        """;

    public string RemoveNote { get; } = "delete from notes where user_id = @UserId and number = @Number";

    /// <summary>Oldest first.</summary>
    public string Todos { get; } =
        "select number as Number, content as Text, created_at as CreatedAt, done_at as DoneAt from todos where user_id = @UserId order by number";

    public string AddTodo { get; } = """
        insert into todos (user_id, number, content, created_at)
        select @UserId, coalesce(max(number), 0) + 1, @Text, @Now from todos where user_id = @UserId
        returning number
        """;

    public string CompleteTodo { get; } = "update todos set done_at = coalesce(done_at, @Now) where user_id = @UserId and number = @Number";

    public string RemoveTodo { get; } = "delete from todos where user_id = @UserId and number = @Number";

    public string Preferences { get; } = "select name as Name, content as Value from preferences where user_id = @UserId order by name";

    public string SetPreference { get; } = """
        insert into preferences (user_id, name, content, updated_at) values (@UserId, @Name, @Value, @Now)
        on conflict (user_id, name) do update set content = excluded.content, updated_at = excluded.updated_at
        """;

    public string RemovePreference { get; } = "delete from preferences where user_id = @UserId and name = @Name";
}

/// <summary>A text that was kept: a note, or a to-do.</summary>
internal sealed record Kept
{
    /// <summary>Counts up within the user's.</summary>
    public required long Number { get; init; }

    public required string Text { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When a to-do was done; null when it is not.</summary>
    public long? DoneAt { get; init; }
}

/// <summary>What a user likes or wants.</summary>
internal sealed record Preference
{
    public required string Name { get; init; }

    public required string Value { get; init; }
}
