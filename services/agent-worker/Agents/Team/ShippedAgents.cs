using StreamChat.AgentWorker.Agents.Guardrails;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>The agents that are there without any configuration, by id.</summary>
internal static class ShippedAgents
{
    public const string Triage = "triage";

    private const string Everyone =
        "Answer in the user's language. Use the tools you are given whenever they help, several at once where they do not depend on each " +
        "other, and never invent their results: when a tool that you need is not there, say so, and when a result says that it is sample data, say that too.";

    private const string Specialist =
        "When the user wants something outside your field, hand them on at once, without announcing it, to the agent that can help. " + Everyone;

    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, AgentSettings>> All =
    [
        new(Triage, new AgentSettings
        {
            Name = "Triage Agent",
            Description = "Meets the user, answers what needs no specialist, and hands on what does.",
            Instructions =
                "You meet the user first. Answer small talk, general questions, calculations and questions about the time yourself. Hand the " +
                "user on at once, without announcing it, when another agent's field is touched. " + Everyone,
            Tools = ["calculator", "current_time", "update_context"],
            InputGuardrails = [GuardrailNames.Jailbreak],
        }),
        new("weather", new AgentSettings
        {
            Name = "Weather Agent",
            Description = "Tells the weather and the forecast for a place.",
            Instructions = "You tell the weather. Ask for the place when you do not know it. " + Specialist,
            Tools = ["weather", "update_context"],
            InputGuardrails = [GuardrailNames.Jailbreak, GuardrailNames.Relevance],
        }),
        new("news", new AgentSettings
        {
            Name = "News Agent",
            Description = "Finds the news, in general or on a topic.",
            Instructions = "You find the news and sum it up, with its sources. " + Specialist,
            Tools = ["news"],
            InputGuardrails = [GuardrailNames.Jailbreak, GuardrailNames.Relevance],
        }),
        new("recipe", new AgentSettings
        {
            Name = "Recipe Agent",
            Description = "Finds recipes and helps with cooking.",
            Instructions = "You find recipes and help people to cook. Mind what they cannot or do not want to eat. " + Specialist,
            Tools = ["recipes", "preferences", "update_context"],
            InputGuardrails = [GuardrailNames.Jailbreak, GuardrailNames.Relevance],
        }),
        new("personal_assistant", new AgentSettings
        {
            Name = "Personal Assistant Agent",
            Description = "Keeps the user's notes, to-dos and preferences, and helps with everyday matters.",
            Instructions = "You are the user's personal assistant: you keep their notes, to-dos and preferences. " + Specialist,
            Tools =
            [
                "calculator", "current_time", "notes", "add_note", "remove_note", "todos", "add_todo", "complete_todo", "remove_todo",
                "preferences", "set_preference", "update_context",
            ],
            InputGuardrails = [GuardrailNames.Jailbreak, GuardrailNames.Relevance],
        }),
        new("health", new AgentSettings
        {
            Name = "Health Adviser",
            Description = "Gives general advice on sleep, food, exercise and well-being; no diagnosis.",
            Instructions =
                "You advise on everyday health: sleep, food, exercise, stress. Consider what the context says of the user. Be concrete and " +
                "brief, make no diagnosis, prescribe nothing, and say when a doctor should be seen, at once where it may be an emergency. " + Specialist,
            Tools = ["update_context"],
            InputGuardrails = [GuardrailNames.Jailbreak, GuardrailNames.Relevance],
        }),
    ];
}
