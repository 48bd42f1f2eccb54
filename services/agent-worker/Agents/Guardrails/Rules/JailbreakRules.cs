using System.Text.RegularExpressions;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Agents.Guardrails.Rules;

/// <summary>
/// The usual ways to get at an agent's instructions or to talk it out of them, in English and Chinese. Each rule wants the agent
/// itself to be meant: how to jailbreak a telephone, or which instructions on a packet to ignore, are fair questions.
/// </summary>
internal static partial class JailbreakRules
{
    private static readonly RuleReason SetsAside = new("It asks to set earlier instructions aside.", "它要求撇开先前的指令。");
    private static readonly RuleReason Instructions = new("It asks for the agent's instructions.", "它想套取智能体的指令。");
    private static readonly RuleReason NoRules = new("It asks the agent to play one without rules.", "它要智能体扮演没有规则的角色。");
    private static readonly RuleReason Safeguards = new("It asks the agent to switch off its safeguards.", "它要智能体关闭安全防护。");
    private static readonly RuleReason System = new("It speaks in the system's name.", "它冒用系统的名义。");
    private static readonly RuleReason Harmless = new("Nothing in it is after the agent's instructions.", "没有套取智能体指令的内容。");

    private static readonly (RuleReason Reason, Regex Rule)[] All =
    [
        (SetsAside, SetAside()),
        (SetsAside, ForgetAll()),
        (SetsAside, SetAsideChinese()),
        (SetsAside, SetYoursAsideChinese()),
        (Instructions, YourPrompt()),
        (Instructions, WhatIsYourPrompt()),
        (Instructions, ThePrompt()),
        (Instructions, RepeatAbove()),
        (Instructions, PromptChinese()),
        (Instructions, WhatIsYourPromptChinese()),
        (Instructions, RepeatAboveChinese()),
        (NoRules, DoAnythingNow()),
        (NoRules, Unrestricted()),
        (NoRules, YouHaveNoRules()),
        (NoRules, Modes()),
        (NoRules, Grandmother()),
        (NoRules, UnrestrictedChinese()),
        (NoRules, ModesChinese()),
        (Safeguards, SwitchOff()),
        (Safeguards, SwitchOffChinese()),
        (System, FakeRole()),
    ];

    public static GuardrailVerdict Check(string message)
    {
        message = BoundedText.Ends(message);
        var text = RuleText.Of(message);
        foreach (var (reason, rule) in All)
        {
            if (rule.IsMatch(text))
            {
                return new GuardrailVerdict(false, reason.For(message));
            }
        }

        return Dan().IsMatch(message)
            ? new GuardrailVerdict(false, NoRules.For(message))
            : new GuardrailVerdict(true, Harmless.For(message));
    }

    private const string Fillers = @"(?:(?:all|any|of|the|these|those|every|each|and|or|both|please|completely|just|everything|whatever|entire|whole)\s+){0,6}";

    // what people say of themselves, as in "can I ignore the instructions on the packet"
    private const string NotOneself = @"(?<!\b(?:i|we|he|she|they|people|patients|one|you)\s(?:just\s|safely\s|simply\s|ever\s|always\s)?)";

    [GeneratedRegex(NotOneself + @"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|overwrite|bypass|discard|neglect|(?:do\s+not|don't|stop|no\s+longer)\s+(?:follow|obey|listen\s+to)(?:ing)?|pay\s+no\s+attention\s+to)\s+"
        + Fillers + @"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|existing|current|your|system|developer|safety|openai(?:'s)?)(?:\s+\w+){0,3}?\s+(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|programming|restrictions?|polic(?:y|ies)|safeguards?|filters?|guardrails?|constraints?|training)\b")]
    private static partial Regex SetAside();

    [GeneratedRegex(NotOneself + @"\b(?:ignore|disregard|forget)\s+(?:all|any|everything|what(?:ever)?)\s+(?:(?:the|of|these|those)\s+)*(?:instructions?\b|rules\s+(?:and|you)\b|guidelines\b|(?:that\s+)?(?:you\s+(?:were|have\s+been|are)|you've\s+been)\s+(?:told|instructed|programmed|taught|given)|(?:that\s+)?(?:came|comes|was\s+said|is\s+written)\s+(?:before|above)\s+(?:this|and)\b)|" + NotOneself + @"\b(?:ignore|disregard|forget)\s+(?:the|those|these|any|all)\s+(?:\w+\s+)?(?:instructions?|rules|guidelines)\s+(?:(?:that\s+)?you\s+(?:were|have\s+been|got|had)\b|(?:given|set|written|made)\s+(?:to\s+you\b|by\s+(?:your|the)\s+(?:developers?|creators?|makers?|programmers?|company)|by\s+openai))")]
    private static partial Regex ForgetAll();

    [GeneratedRegex(@"(?<![我他她它们]|我[总又都刚]|我.{0,2}(?:想|能|可以))(?:忽略|无视|忘记|忘掉|忘了|抛弃|丢弃|抛开|不要理会|别管|不用管|不要管|不再遵守|不要遵守|别遵守|停止遵守|停止执行|不再遵循|不要遵循|覆盖|推翻|违背|作废)(?:掉|了)?(?:(?!医生|老师|老板|公司|客户|妈|爸|食谱|菜谱|药|说明书|我)[^。!?！？]){0,8}(?:之前|以前|以上|上面|上述|前面|先前|此前|原来|原有|原本|原先|初始|最初|预设|既定)(?:(?!医生|老师|老板|公司|客户|妈|爸|食谱|菜谱|药|说明书|我)[^。!?！？]){0,8}(?:指令|指示|提示词|提示语|设定|规则|命令|规定|准则|守则|prompt)")]
    private static partial Regex SetAsideChinese();

    [GeneratedRegex(@"(?<![我他她它们])(?:忽略|无视|忘记|忘掉|忘了|抛弃|丢弃|抛开|不要理会|不要管|不再遵守|不要遵守|别遵守|停止遵守|不再遵循|不要遵循|打破|突破|推翻|违背|违反|摆脱)(?:掉|了)?(?:[^。!?！？我]){0,6}(?:你的|你被|你收到的|系统|开发者|安全|openai|所有|全部|任何|一切)(?:的)?(?:[^。!?！？我]){0,6}(?:指令|指示|提示词|提示语|系统设定|人设|准则|守则|安全规则|安全限制|内容限制|内容政策|审查|训练|你的规则|限制和规则|规则和限制|道德限制)")]
    private static partial Regex SetYoursAsideChinese();

    [GeneratedRegex(@"\b(?:show|reveal|print|output|display|repeat|tell|give|write|leak|dump|expose|disclose|share|list|recite|quote|copy|paste|translate|summari[sz]e|encode|send|return|spell|see|read|followed\s+by|describe)\b[^.!?\n]{0,40}?\byour\s+(?:\w+[\s-]+){0,2}?(?:(?:system|initial|original|hidden|secret|developer|internal|full|complete|entire|exact|confidential|pre-?set|underlying|base|starting|custom)[\s-]+(?:\w+[\s-]+){0,2}?(?:prompts?|instructions?|messages?|rules|guidelines|directives?|configuration)|(?:system[\s-]?)?prompts?|instructions\s*(?:[.!?]|$|verbatim|exactly|word\s+for\s+word|above|in\s+full|to\s+me\b|as\s+(?:text|json|base64|a\s+code)))")]
    private static partial Regex YourPrompt();

    [GeneratedRegex(@"\bwhat(?:'s|\s+is|\s+are|\s+was|\s+were|\s+does|\s+do|\s+did)\s+(?:the\s+(?:full|exact|complete)\s+text\s+of\s+)?your\s+(?:(?:(?:exact|full|complete|current)\s+)*(?:system|initial|original|hidden|secret|developer|internal|confidential)[\s-]+(?:prompts?|instructions?|messages?|rules|guidelines|directives?)|system\s?prompt|prompt\s*(?:[.!?]|$)|instructions\s*(?:[.!?]|$|say\b|exactly|verbatim))|\bwhat\s+(?:instructions|rules|prompt|guidelines)\s+(?:were|have|are|did)\s+(?:you|they|openai|your\s+\w+)\s+(?:been\s+)?(?:given|told|following|give\s+you|programmed\s+with)")]
    private static partial Regex WhatIsYourPrompt();

    [GeneratedRegex(@"\b(?:show|reveal|print|output|display|repeat|tell|give|leak|dump|expose|disclose|share|recite|paste|send|return)\b(?:\s+\w+){0,4}?\s+(?:the|this|its)\s+(?:\w+\s+){0,2}?(?:system|hidden|secret|developer|internal|initial)[\s-]?(?:prompts?\b|instructions\b)(?!\s+(?:mean|work|of\s+a\b|for\s+a\b))")]
    private static partial Regex ThePrompt();

    [GeneratedRegex(@"\b(?:repeat|print|output|copy|recite|return|write)\s+(?:back\s+)?(?:me\s+)?(?:all\s+(?:of\s+)?|everything\s*|every\s+word\s*)?(?:the\s+)?(?:text|words?|contents?|messages?|lines?|instructions)?\s*(?:that\s+(?:is|are|was|were)\s+)?(?:written\s+)?(?:above|before\s+this|preceding\s+this)[^.!?]{0,60}(?:starting\s+with|beginning\s+with|verbatim|word\s+for\s+word|code\s?block|exactly\s+as|""you\s+are|'you\s+are)")]
    private static partial Regex RepeatAbove();

    [GeneratedRegex(@"(?:输出|显示|打印|告诉我|展示|透露|泄露|公开|重复|复述|说出|说说|列出|给我看|看看|发给我|写出|写下|翻译|背诵|返回|贴出|暴露|交出|公布|提供|总结|复制|给出|原样)(?:[^。!?！？]){0,12}(?:系统提示|系统指令|系统prompt|system ?prompt|初始提示|初始指令|原始指令|原始提示|隐藏指令|隐藏的?提示|内部指令|内部提示|开发者指令|你的(?:完整|全部|所有|真实|原始|初始|内部|隐藏|系统)?的?(?:提示词|提示语|prompt|指令|系统消息|系统设定|人设))(?!.{0,4}(?:是什么意思|的概念|的含义|的作用|有什么用|的写法|怎么写))")]
    private static partial Regex PromptChinese();

    [GeneratedRegex(@"把(?:你(?:的|收到的)?|系统的?)(?:[^。!?！？]){0,6}(?:提示词|提示语|系统指令|初始指令|内部指令|系统消息|系统设定|系统提示|指令|prompt)(?:[^。!?！？]){0,8}(?:输出|打印|发|告诉|显示|说出|贴|复述|翻译|给我|公布|背|念|写)|你的?(?:完整|全部|所有|真实|原始|初始|最初|内部|隐藏|系统|底层|收到的?|被设定的?)?的?(?:系统提示词?|提示词|提示语|prompt|system ?prompt|系统指令|初始指令|内部指令|原始指令|系统消息)(?:到底|究竟|的?内容)?(?:是什么|是啥|有哪些|写了什么|是怎么写的|发我|给我|告诉我|说出来|念出来|完整输出|全部输出)")]
    private static partial Regex WhatIsYourPromptChinese();

    [GeneratedRegex(@"(?:重复|复述|输出|打印|照抄|抄写)(?:[^。!?！？]){0,6}(?:上面|以上|上述|这句话?之前|此前)(?:的)?(?:所有|全部|一切)?(?:的)?(?:内容|文字|文本|话|指令|信息)?(?:[^。!?！？]){0,10}(?:原文|逐字|一字不差|一字不漏|代码块|以""?你是|从""?你是|你是""?开头|开头)")]
    private static partial Regex RepeatAboveChinese();

    // the name alone is a given name
    [GeneratedRegex(@"(?:\b(?:[Yy]ou\s+are|[Yy]ou're|[Aa]ct(?:ing)?\s+as|[Pp]retend(?:ing)?(?:\s+to\s+be|\s+you\s+are)?|[Bb]e|[Bb]ecome|[Aa]s|[Ss]imulate|[Rr]oleplay\s+as|[Ee]nable|[Ee]nter|called|named)\s+(?:now\s+|an?\s+|the\s+|going\s+to\s+be\s+)?[""'“]?DAN\b(?!\s+[A-Z])|\bDAN\s+(?:mode|prompt|\d)|(?:你(?:现在|从现在起|将|就)*(?:是|叫)|扮演|成为|变成|进入|作为|充当)\s*[""“「]?DAN(?![A-Za-z]))")]
    private static partial Regex Dan();

    [GeneratedRegex(@"\bdo\s+anything\s+now\b|\b(?:stay|remain)\s+(?:a\s+)?dan\b|(?:现在|立即|马上)(?:就)?(?:可以|能)?做任何事")]
    private static partial Regex DoAnythingNow();

    private const string Without = @"(?:no|without|with\s+no|free\s+(?:of|from)|not\s+(?:bound|restricted|limited|constrained)\s+by|unbound\s+by|unrestricted|unfiltered|uncensored|ignor(?:es?|ing)|never\s+refuses?|breaks?\s+(?:all|every))";
    private const string RuleWords = @"(?:restrictions?|rules?|filters?|limits?|limitations?|guidelines?|ethic\w*|morals?|morality|censorship|polic(?:y|ies)|safeguards?|guardrails?|constraints?|boundaries|safety)";

    [GeneratedRegex(@"\b(?:act(?:ing)?|behave|pretend(?:ing)?|role-?play(?:ing)?|simulat(?:e|ing)|imagine|you\s+are(?:\s+now)?|you're(?:\s+now)?|become|be|play|respond|answer|reply|speak|from\s+now\s+on)\b[^.!?]{0,60}\b(?:ai|a\.i\.|assistant|chat\s?bot|bot|language\s+model|model|gpt|chatgpt|llm|version\s+of\s+(?:yourself|you|chatgpt)|character|persona|entity|machine)\b[^.!?]{0,60}\b" + Without + @"\s*(?:(?:any|all|its|your|the|every|kind\s+of|sort\s+of|ethical|moral|content|safety|legal|openai'?s?|usual|typical|and|or)\s+){0,5}(?:" + RuleWords + @"\b)|\b(?:act|behave|be|become|pretend\s+to\s+be|role-?play|you\s+are(?:\s+now)?|you're(?:\s+now)?|respond|answer|simulate|play)\b[^.!?]{0,30}\b(?:unfiltered|uncensored|unrestricted|amoral|unethical|jailbroken|unaligned|lawless|unshackled)\s+(?:and\s+\w+\s+)?(?:ai|assistant|chat\s?bot|bot|model|gpt|chatgpt|version|mode|response|answer|persona|character)")]
    private static partial Regex Unrestricted();

    [GeneratedRegex(@"\byou(?:\s+now|\s+will|\s+shall)?\s+have\s+(?:absolutely\s+)?no\s+(?:(?:ethical|moral|content|safety|legal|more)\s+){0,2}" + RuleWords + @"\b(?!\s+(?:on|for|about|against)\b)|\byou(?:\s+are|'re|\s+will\s+be)\s+(?:now\s+)?(?:free\s+(?:of|from)|not\s+(?:bound|restricted|limited|constrained)\s+by|no\s+longer\s+(?:bound|restricted|limited|constrained)\s+by|without)\s+(?:(?:any|all|your|the|those|such|ethical|moral|content|safety|legal|openai'?s?|more|previous|usual)\s+){0,4}" + RuleWords + @"\b|\byou(?:\s+do\s+not|\s+don't|\s+no\s+longer|\s+need\s+not|\s+must\s+not|\s+never|\s+will\s+not)\s+(?:have\s+to\s+|need\s+to\s+)?(?:follow|obey|have|respect|adhere\s+to)\s+(?:(?:any|all|your|the|those|such|ethical|moral|content|safety|legal|openai'?s?|more|or)\s+){1,4}" + RuleWords + @"\b")]
    private static partial Regex YouHaveNoRules();

    [GeneratedRegex(@"\b(?:you\s+are|you're|you\s+will\s+be|act|acting|respond|answer|reply|pretend|simulate|chatgpt|switch\s+yourself|put\s+yourself|yourself|your)\b[^.!?]{0,40}\b(?:developer|jailbreak|jailbroken|god|unrestricted|uncensored|unfiltered|sudo|evil|admin|debug|maintenance|opposite)\s+mode\b|\b(?:enable|activate|enter|turn\s+on|switch\s+to)\s+(?:the\s+|your\s+)?(?:jailbreak|dan|unrestricted|uncensored|unfiltered|no[\s-]?filter|god)\s+mode\b(?![^.!?]{0,20}\b(?:in|on)\s+(?:my|the|a)\b)|\bjailbreak\s+(?:yourself|your\s+(?:own\s+)?(?:rules|restrictions|system|programming|safeguards))|\byou\s+(?:are|have\s+been)\s+(?:now\s+)?(?:jailbroken|unshackled)\b")]
    private static partial Regex Modes();

    [GeneratedRegex(@"\b(?:grandma|grandmother|granny)\b[^!?]{0,160}\b(?:napalm|bombs?|explosives?|product\s+keys?|activation\s+keys?|windows\s+(?:\w+\s+)?keys?|meth\b|methamphetamine|malware|passwords)")]
    private static partial Regex Grandmother();

    [GeneratedRegex(@"(?:假装|扮演|假设|你现在是|你将是|你就是|从现在开始|从现在起|从此刻起|想象你|模拟|充当|角色扮演|变成|成为一个)(?:[^。!?！？]){0,30}(?:没有任何|没有|不受任何|不受|不再受|无视|突破|摆脱|解除了?|不用遵守|不需要遵守|不必遵守|不遵守|无)(?:任何|一切|所有)?(?:的)?(?:[^。!?！？]){0,8}(?:限制|约束|规则|道德|伦理|审查|过滤|底线|法律|拘束|束缚|内容政策|安全准则)(?:[^。!?！？]){0,12}(?:ai|人工智能|助手|机器人|模型|聊天|gpt|智能体|系统|回答|$|[。!?！？,，])|(?:没有限制|不受限制|无限制|不受约束|无审查|没有道德|没有底线|不设限)的(?:ai|人工智能|助手|机器人|模型|chatgpt|gpt|智能体)(?:[^。!?！？]){0,20}(?:回答|身份|模式|扮演|告诉我)")]
    private static partial Regex UnrestrictedChinese();

    [GeneratedRegex(@"(?:(?:(?<!给|帮)你|请|现在|ai|助手|切换到|自己).{0,8}(?:进入|开启|启用|切换到|切换为|打开|激活|处于)|^(?:进入|开启|启用|切换到|激活))(?:你的|一个)?""?(?:开发者模式|越狱模式|上帝模式|无限制模式|dan ?模式|不受限模式|无审查模式|调试模式|管理员模式)|(?:越狱你自己|把你自己越狱|你(?:已经?|现在)被?越狱|给你自己越狱|帮你越狱)")]
    private static partial Regex ModesChinese();

    [GeneratedRegex(@"\b(?:disable|turn\s+off|remove|bypass|deactivate|switch\s+off|circumvent|evade|get\s+around|drop|lift|unlock|suspend|break|violate|defeat)\s+(?:all\s+|any\s+|every\s+|of\s+|some\s+)*(?:your|openai'?s?|chatgpt'?s?|the\s+(?:ai|model|assistant|bot)'?s?)\s+(?:\w+\s+){0,2}?(?:safety|filters?|restrictions?|guardrails?|safeguards?|content\s+polic\w+|moderation|limitations?|guidelines?|ethic\w*|censorship|programming|security\s+(?:rules|filters))")]
    private static partial Regex SwitchOff();

    [GeneratedRegex(@"(?:绕过|绕开|关闭|关掉|解除|取消|去掉|禁用|移除|突破|破解|卸下|停用)(?:掉|了)?(?:你的?|ai的?|模型的?|系统对你的)(?:[^。!?！？]){0,6}(?:限制|过滤|审查|机制|策略|护栏|安全|约束|道德|规则|准则)")]
    private static partial Regex SwitchOffChinese();

    [GeneratedRegex(@"<\|?(?:im_start|im_end|system|endoftext)\|?>|<<\s*/?sys\s*>>|\[/?inst\]|#{2,}\s*(?:system|new\s+instructions?)\s*(?::|#|prompt)|(?:^|\s)[\[(]?(?:system|developer|admin|root)(?:\s+(?:message|override|prompt|note|update))?[\])]?\s*:\s*[^.!?]{0,60}\b(?:new\s+instructions|you\s+are\s+now|override|disregard|ignore|no\s+restrictions)|\bnew\s+system\s+(?:prompt|instructions?)\s*:|(?:^|\s)(?:系统消息|系统指令|新的?系统提示词?|管理员指令)[:：][^。!?！？]{0,40}(?:你现在|忽略|无视|不再|必须|解除)")]
    private static partial Regex FakeRole();
}
