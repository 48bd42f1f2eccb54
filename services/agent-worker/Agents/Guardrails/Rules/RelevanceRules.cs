using System.Text.RegularExpressions;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Agents.Guardrails.Rules;

/// <summary>
/// Whether a specialist is asked for something that belongs to nobody's field. In doubt it does not: a specialist can hand on what
/// belongs to another agent, and only what no agent of a team like ours is for is stopped.
/// </summary>
internal static partial class RelevanceRules
{
    private static readonly RuleReason Command = new("It is a command.", "这是一条命令。");
    private static readonly RuleReason Ordinary = new("Nothing in it lies outside the agents' fields.", "没有超出各智能体服务范围的内容。");
    private static readonly RuleReason Everyday = new("It touches everyday matters that the agents are for.", "涉及智能体负责的日常事务。");

    // what it is, what an agent that is for it says of itself, and how people ask for it
    private static readonly (RuleReason What, Regex Field, Regex Rule)[] Foreign =
    [
        (new("program code", "程序代码"), CodeField(), Code()),
        (new("writing to order", "代笔写作"), WritingField(), Writing()),
        (new("school work", "学校作业"), SchoolField(), School()),
        (new("trading and betting", "投资与博彩"), MoneyField(), Money()),
        (new("legal papers", "法律文书"), LegalField(), Legal()),
    ];

    public static GuardrailVerdict Check(GuardrailInput input)
    {
        var text = RuleText.Of(BoundedText.Ends(input.Text)).Trim();
        if (text.Length == 0 || text[0] == '/')
        {
            return new GuardrailVerdict(true, Command.For(input.Text));
        }

        if (Foreign.FirstOrDefault(f => f.Rule.IsMatch(text)) is not { What: { } what } found)
        {
            return new GuardrailVerdict(true, Ordinary.For(input.Text));
        }

        if (found.Field.IsMatch(RuleText.Of($"{input.Agent} {input.AgentDescription}")))
        {
            return new GuardrailVerdict(true, new RuleReason($"{input.Agent} is for {what.English}.", $"{input.Agent} 负责{what.Chinese}。").For(input.Text));
        }

        return EverydayWords().IsMatch(text)
            ? new GuardrailVerdict(true, Everyday.For(input.Text))
            : new GuardrailVerdict(false, new RuleReason(
                $"It asks for {what.English}, which is outside the field of {input.Agent}.", $"它要的是{what.Chinese}，不在 {input.Agent} 的服务范围内。").For(input.Text));
    }

    private const string Make = @"(?:write|create|make|code|implement|program|develop|build|generate|give\s+me|show\s+me|fix|debug|refactor|optimi[sz]e|compile|explain)";

    [GeneratedRegex(@"\b" + Make + @"\b[^.!?]{0,60}\b(?:python|javascript|typescript|java|c\+\+|c\#|\.net|golang|rust|kotlin|swift|php|ruby|perl|bash|powershell|sql|html|css|react|regex|regular\s+expression)(?!\w|\s+coffee)|\b" + Make + @"\b(?:\s+(?:me|a|an|the|some|this|my|simple|small|short|recursive|efficient)){0,4}\s+(?:\w+\s+){0,2}(?:script|source\s+code|unit\s+tests?|algorithm|sorting\s+function|sql\s+query|web\s?site|web\s+scraper|compiler|code\s+snippet|stack\s+trace|segfault)\b|\b(?:quicksort|quick\s+sort|merge\s?sort|bubble\s+sort|binary\s+search\s+tree|linked\s+list|nullpointerexception|hello\s+world\s+program)\b|(?:写|编写|实现|生成|给我|帮我|调试|修复|优化|重构|解释)(?:[^。!?！？]){0,20}(?:代码|程序|脚本|函数|算法|爬虫|正则表达式|sql|python|java|javascript|c\+\+|单元测试|编译器|网页)(?!员)|(?:快速排序|冒泡排序|归并排序|二叉树|链表|动态规划)")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b(?:write|compose|draft|create|make\s+up|generate)\b(?:\s+\w+){0,4}?\s+(?:poems?|sonnet|haiku|essay|novel|short\s+story|fairy\s?tale|fan\s?fiction|screenplay|song\s+lyrics|lyrics|rap|limerick|cover\s+letter|blog\s+post|press\s+release|speech|thesis|dissertation|advertis\w+|product\s+description)\b|(?:写|作|创作|编|来)(?:[^。!?！？]){0,12}(?:首诗|一首歌|歌词|作文|论文|小说|散文|剧本|童话|演讲稿|求职信|读后感|检讨书|广告词|文案|藏头诗|七律|五言绝句|毕业论文)")]
    private static partial Regex Writing();

    [GeneratedRegex(@"\b(?:do|solve|finish|write|answer)\s+(?:\w+\s+){0,2}(?:homework|math\s+assignment|exam\s+questions?|term\s+paper|school\s+assignment|book\s+report)\b|\b(?:prove|derive)\s+(?:that\s+)?(?:\w+\s+){0,8}?(?:theorem|hypothesis|conjecture|equation|irrational)\b|\b(?:solve|integrate|differentiate)\s+(?:the\s+|this\s+)?(?:differential\s+equation|integral|quadratic)\b|(?:帮我?|替我|给我)(?:[^。!?！？]){0,8}(?:做作业|写作业|家庭作业|数学作业|考试题|试卷)|(?:证明|推导)(?:[^。!?！？]){0,12}(?:定理|猜想|公式|无理数)|(?:解|求)(?:这个|一下|下列)?(?:微分方程|积分|一元二次方程)")]
    private static partial Regex School();

    [GeneratedRegex(@"\b(?:which|what|should\s+i|can\s+you|tell\s+me|predict|recommend|pick|how\s+(?:do|can|should)\s+i|buy|sell|invest|short|trade)\b[^.!?]{0,40}\b(?:stocks|stock\s+(?:tips?|market|options?)|shares\s+of|crypto\w*|bitcoin|ethereum|dogecoin|nfts?|forex|penny\s+stock|options\s+trading|lottery\s+numbers?|sports?\s+bets?|roulette|horse\s+race)\b(?!\s+(?:news|headlines|cubes?|pot))|(?:推荐|预测|买|卖|炒|投资|该不该|哪只|哪支|什么)(?:[^。!?！？]){0,12}(?:股票|基金|比特币|以太坊|加密货币|虚拟币|期货|外汇|彩票|中奖号码|赌球|赔率)(?!.{0,4}(?:新闻|消息|头条))")]
    private static partial Regex Money();

    [GeneratedRegex(@"\b(?:write|draft|draw\s+up|prepare|review)\s+(?:\w+\s+){0,3}(?:contract|lawsuit|last\s+will|will\s+and\s+testament|legal\s+(?:brief|notice|document|complaint)|terms\s+of\s+service|privacy\s+policy|patent|non-?disclosure\s+agreement|nda|rental\s+agreement)\b|(?:起草|拟|写|撰写|审核)(?:[^。!?！？]){0,8}(?:合同|起诉状|诉状|律师函|遗嘱|劳动仲裁|离婚协议|隐私政策|服务条款|专利)")]
    private static partial Regex Legal();

    [GeneratedRegex(@"\b(?:cod(?:e|ing)|program\w*|software|develop\w*|scripts?)\b|代码|程序|编程|开发")]
    private static partial Regex CodeField();

    [GeneratedRegex(@"\b(?:writ(?:e|es|ing)|poe(?:m|try)\w*|stor(?:y|ies)|essays?|texts?|author|copy)\b|写作|诗|文案|故事|文章")]
    private static partial Regex WritingField();

    [GeneratedRegex(@"\b(?:school|homework|tutor\w*|teach\w*|math\w*|stud(?:y|ent|ies)\w*|learning)\b|学习|作业|辅导|老师|数学|教学")]
    private static partial Regex SchoolField();

    [GeneratedRegex(@"\b(?:financ\w*|stocks?|invest\w*|trad(?:e|ing)|crypto\w*|money|bank\w*)\b|金融|股票|投资|理财")]
    private static partial Regex MoneyField();

    [GeneratedRegex(@"\b(?:legal\w*|law\w*|contracts?|attorney)\b|法律|律师|合同")]
    private static partial Regex LegalField();

    [GeneratedRegex(@"\b(?:weather|forecasts?|rain\w*|snow\w*|temperature|sunn?y?|storm|umbrella|news|headlines?|recipes?|cook\w*|bak(?:e|ing)|dish(?:es)?|meals?|dinner|lunch|breakfast|soup|cake|ingredients?|food|diet\w*|vegan|vegetarian|sleep\w*|insomnia|headache|exercis\w*|workouts?|stress\w*|health\w*|doctor|vitamins?|calories|notes?|reminders?|remember|to-?dos?|shopping\s+list|preferences?|what\s+time|birthday|calculate)\b|天气|预报|下雨|下雪|气温|温度|新闻|头条|菜|食谱|做饭|烹饪|早餐|午餐|晚餐|汤|蛋糕|食材|饮食|素食|睡眠|失眠|睡不着|头痛|头疼|运动|锻炼|压力|健康|医生|维生素|热量|笔记|备忘|提醒|待办|清单|偏好|几点|记住|计算|生日")]
    private static partial Regex EverydayWords();
}
