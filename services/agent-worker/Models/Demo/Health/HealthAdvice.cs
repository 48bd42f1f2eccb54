using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Health;

/// <summary>
/// General advice, chosen by the words of the question and by the context. Short on purpose: some clients stop reading after a
/// hundred pieces.
/// </summary>
internal static partial class HealthAdvice
{
    private const int MostTips = 3;
    private const double EnoughSleep = 7;

    private static readonly Dictionary<string, string> ChineseWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tired"] = "疲惫",
        ["exhausted"] = "疲惫",
        ["stressed"] = "压力大",
        ["anxious"] = "焦虑",
        ["sad"] = "低落",
        ["happy"] = "愉快",
        ["calm"] = "平静",
        ["good"] = "良好",
        ["bad"] = "不佳",
        ["low"] = "低",
        ["medium"] = "中等",
        ["moderate"] = "中等",
        ["high"] = "高",
    };

    private enum Tip
    {
        Rest,
        Sleep,
        Energy,
        Stress,
        Food,
        Movement,
    }

    public static string For(DemoConversation conversation)
    {
        if (Emergency().IsMatch(conversation.Question))
        {
            return conversation.Say(
                "This may be an emergency. Please call your local emergency number now, or ask somebody near you to do it. I cannot replace a doctor.",
                "这可能是紧急情况，请立即拨打当地急救电话，或请身边的人帮忙。我不能代替医生。");
        }

        var context = HealthContext.Read(conversation.Context);
        var tips = Tips(conversation.Question, context).Distinct().Take(MostTips).Select((tip, i) => $"{i + 1}. {Say(tip, context, conversation)}");
        return string.Join('\n', [Opening(context, conversation), .. tips, "", conversation.Say(
            "If it lasts longer than two weeks or gets worse, please see a doctor.", "如果持续两周以上或加重，请及时就医。")]);
    }

    private static string Opening(HealthContext context, DemoConversation conversation)
    {
        List<string> facts = [];
        if (context.Mood is { } mood)
        {
            facts.Add(conversation.Say($"mood: {mood}", $"心情：{Chinese(mood)}"));
        }

        if (context.SleepHours is { } hours)
        {
            facts.Add(conversation.Say($"sleep: {Text(hours)} hours", $"睡眠：{Text(hours)}小时"));
        }

        if (context.Activity is { } activity)
        {
            facts.Add(conversation.Say($"activity: {activity}", $"活动量：{Chinese(activity)}"));
        }

        return facts.Count == 0
            ? conversation.Say("Here is what I would try first:", "建议您先这样试试：")
            : conversation.Say($"Going by what I know of you ({string.Join(", ", facts)}), I would try this:", $"根据您的情况（{string.Join("，", facts)}），我建议：");
    }

    /// <summary>What the question is about, then what the context calls for, then what helps everybody.</summary>
    private static IEnumerable<Tip> Tips(string question, HealthContext context)
    {
        IEnumerable<(bool Applies, Tip Tip)> tips =
        [
            (Ill().IsMatch(question), Tip.Rest),
            (AboutSleep().IsMatch(question), Tip.Sleep),
            (context.SleepHours < EnoughSleep, Tip.Sleep),
            (AboutStress().IsMatch(question), Tip.Stress),
            (AboutFood().IsMatch(question), Tip.Food),
            (AboutMovement().IsMatch(question), Tip.Movement),
            (MovesLittle(context), Tip.Movement),
            (AboutTiredness().IsMatch(question) || AboutTiredness().IsMatch(context.Mood ?? ""), Tip.Energy),
            (AboutStress().IsMatch(context.Mood ?? ""), Tip.Stress),
            (true, Tip.Sleep),
            (true, Tip.Movement),
            (true, Tip.Food),
        ];
        return tips.Where(t => t.Applies).Select(t => t.Tip);
    }

    private static string Say(Tip tip, HealthContext context, DemoConversation conversation) => tip switch
    {
        Tip.Rest => conversation.Say(
            "Rest: take it easy, drink plenty, and take your temperature if you feel feverish.",
            "休息：放慢节奏，多喝温水，必要时量一下体温。"),
        Tip.Sleep when context.SleepHours is { } hours and < EnoughSleep => conversation.Say(
            $"Sleep: most adults need 7 to 9 hours and you get {Text(hours)}, so go to bed earlier this week.",
            $"睡眠：成年人一般需要7至9小时，您只睡{Text(hours)}小时，本周试着早点睡。"),
        Tip.Sleep => conversation.Say(
            "Sleep: keep fixed hours and a dark room, and leave the phone alone before bed.",
            "睡眠：固定作息，睡前半小时放下手机，保持卧室安静。"),
        Tip.Energy => conversation.Say(
            "Energy: eat regular meals, drink enough water, and have no coffee after midday.",
            "精力：三餐规律，多喝水，午后少喝咖啡。"),
        Tip.Stress => conversation.Say(
            "Stress: pause for five minutes every hour, breathe slowly, and talk to someone you trust.",
            "减压：每小时休息五分钟，慢慢深呼吸，和信任的人聊聊。"),
        Tip.Food => conversation.Say(
            "Food: fill half of the plate with vegetables, add some protein, and keep sugar low.",
            "饮食：多吃蔬菜，适量蛋白质，少油少糖。"),
        _ when MovesLittle(context) => conversation.Say(
            "Movement: as you move little so far, begin with a walk of 20 minutes in daylight each day.",
            "活动：您目前活动较少，可以从每天散步20分钟开始。"),
        _ => conversation.Say(
            "Movement: walk briskly for 30 minutes on most days, at a pace that still lets you talk.",
            "活动：每周五天，每天快走30分钟。"),
    };

    private static bool MovesLittle(HealthContext context) => context.Activity is { } activity && Little().IsMatch(activity);

    private static string Chinese(string word) => ChineseWords.GetValueOrDefault(word, word);

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bchest pain\b|\b(?:cannot|can't|hard to) breathe\b|\bunconscious\b|\bstroke\b|\bsuicid\w*|\bkill myself\b|胸痛|胸口疼|呼吸困难|昏迷|中风|自杀|不想活", RegexOptions.IgnoreCase)]
    private static partial Regex Emergency();

    [GeneratedRegex(@"\b(?:headaches?|fever|cough\w*|sore throat|a cold|flu|ache|pain|dizzy|symptoms?)\b|头疼|头痛|发烧|感冒|咳嗽|嗓子|头晕|疼|症状", RegexOptions.IgnoreCase)]
    private static partial Regex Ill();

    [GeneratedRegex(@"\b(?:sleep\w*|insomnia|asleep)\b|睡|失眠", RegexOptions.IgnoreCase)]
    private static partial Regex AboutSleep();

    [GeneratedRegex(@"\b(?:stress\w*|anxi\w*|worr\w*|sad|depress\w*)\b|压力|焦虑|紧张|难过|情绪|低落", RegexOptions.IgnoreCase)]
    private static partial Regex AboutStress();

    [GeneratedRegex(@"\b(?:diet|eat\w*|food|nutrition|weight|vitamins?)\b|饮食|营养|减肥|体重|吃", RegexOptions.IgnoreCase)]
    private static partial Regex AboutFood();

    [GeneratedRegex(@"\b(?:exercise|workout|fitness|sport)\b|锻炼|运动|健身", RegexOptions.IgnoreCase)]
    private static partial Regex AboutMovement();

    [GeneratedRegex(@"\b(?:tired|fatigue\w*|exhausted|no energy)\b|疲劳|疲惫|疲倦|累|没精神|乏力", RegexOptions.IgnoreCase)]
    private static partial Regex AboutTiredness();

    [GeneratedRegex(@"\b(?:low|little|none|sedentary)\b|低|少|不", RegexOptions.IgnoreCase)]
    private static partial Regex Little();
}
