"""The words that people use most, by language: a few of them tell which it is."""

# ruff: noqa: RUF001  # letters that look like others are what tells languages apart

from __future__ import annotations

WORDS = {
    "en": """the be to of and a in that have i it for not on with he as you do at this but his by from they we say her
        she or an will my one all would there their what so up out if about who get which go me when make can like time
        no just him know take into your some could them than then now only its over also after use how our was were is
        are am been has had did don't i'm it's isn't didn't can't you're that's please thank thanks hello hi good very
        here where why world yes let's should must may more these those any because before does today
        tomorrow two three four five six seven eight nine ten say said says got made think see come want look find give
        tell call try ask need feel leave mean keep begin seem help talk turn start show hear play run move live believe
        hold bring happen write sit stand lose meet new great big small little other right high different next early
        young important few bad same again never always often away down still really welcome happy birthday nice later
        soon works work working testing people day days night week year thing things life child children eye eyes friend
        friends father mother water room money story word words book house morning evening every everything everyone
        something nothing someone each both such while through since until against without another between enough
        doing going being having sure sorry fine okay ready wait read reads speak speaks hear voice voices""",
    "de": """der die das und ist in den von zu mit sich auf für nicht ein eine einen einem einer als auch es an werden
        aus er hat dass sie nach wird bei um sind noch wie über so zum war haben nur oder aber vor zur bis mehr durch
        man sein wurde ich du wir ihr mir mich dir dich uns euch ja nein bitte danke guten morgen tag hallo wo was wer
        wann warum kein keine mal schon jetzt hier heute gestern sehr viel vielen weil wenn dann doch gibt kann im am
        war will soll mehr alle bin bist waren""",
    "fr": """le la les de des du un une et est à il elle que qui ne pas dans ce cette en pour sur se son sa ses au aux
        avec plus par je tu nous vous ils elles on mais ou où si leur lui y sont été être avoir fait tout tous même
        comme quand très bien bonjour merci oui non aussi mon ma mes ton ta tes votre notre c l d j s n qu était ont
        peut sans encore deux après avant alors quel quelle ici aujourd hui demain beaucoup plaît""",
    "es": """el la los las de que y a en un una ser se no haber por con su para como estar tener le lo todo pero más
        hacer o este ir otro ese si me ya ver porque dar cuando él muy sin vez mucho saber qué sobre mi también hasta
        hay donde dónde es está son fue ella ellos nosotros usted yo tú del al gracias hola buenos días por favor
        muchas sí nada algo todavía aquí hoy mañana quiero tengo era han cómo desde entre sus nos""",
    "it": """il lo la i gli le di a da in con su per tra che e è non un uno una si come più ma se ci anche io tu lui lei
        noi voi loro sono ho ha hanno era questo questa quello quella del della dei delle dello nel nella al alla dal
        dalla sul sulla mi ti chi cosa dove quando perché molto bene grazie ciao buongiorno sì no tutto tutti fatto
        essere avere fare qui oggi domani ieri ancora poi sempre c'è dov ore mille favore degli agli""",
    "pt": """o a os as de do da dos das em no na nos nas um uma que e é não se com por para mais como mas ao à ele ela
        eles eu você nós foi são está estão ser ter tem também seu sua seus suas isso este esta já quando muito só até
        onde porque ainda há obrigado obrigada olá bom dia boa noite sim então depois pelo pela sem meu minha me lhe
        aqui hoje amanhã ontem favor tudo todos quem qual era fica bem sei vou""",
    "nl": """de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit nog naar door
        over ze hij zij ik je jij we wij jullie mijn jouw ons onze hun haar wat wie waar wanneer waarom hoe dit deze die
        worden wordt werd hebben heeft had kan kunnen zal zou moet geen wel al veel meer zeer goed dank dag hallo
        ja nee bedankt alstublieft hier nu vandaag morgen gisteren tot weet doe laat zo toen omdat had week werk
        alle""",
    "sv": """och i att det som en på är av för med den till inte om ett han har de hon var jag du vi ni från men ska
        skulle så man kan när nu sin sig eller mycket där här vad vem hur varför också efter blev bara mig dig oss
        honom henne dem alla ut upp över under vid tack hej god morgon ja nej är jag vill måste något någon ingen
        utan än sedan mellan idag igår detta denna dessa vara hade eftersom""",
    "da": """og i at det som en på er af for med den til ikke om et han har de hun var jeg du vi fra men skal skulle så
        man kan når nu sin sig eller meget der her hvad hvem hvor hvordan hvorfor også efter blev kun mig dig os ham
        hende dem alle ud op over under ved tak hej god morgen ja nej vil må noget nogen ingen uden end siden mellem
        dag går denne dette disse være havde fordi bliver mange""",
    "nb": """og i at det som en på er av for med den til ikke om et han har de hun var jeg du vi fra men skal skulle så
        man kan når nå sin seg eller mye der her hva hvem hvor hvordan hvorfor også etter ble bare meg deg oss ham
        henne dem alle ut opp over under ved takk hei god morgen ja nei vil må noe noen ingen uten enn siden mellom
        dag går denne dette disse være hadde fordi blir ei mange""",
    "fi": """ja on ei se että en hän oli ovat joka mutta myös kuin niin tai kun jos olla minä sinä me te he minun sinun
        tämä tuo nämä ne mitä mikä missä milloin miksi kuka kuinka miten hyvä hyvää kiitos hei moi kyllä nyt sitten
        vielä jo vain paljon koska jälkeen kanssa ole olen olet olemme eivät ollut sen sitä siitä siellä täällä tänään
        huomenna eilen mukaan ennen mutta asti yhä kaikki""",
    "pl": """i w na z do się nie to że jest o jak ale po co za od tak dla czy być są był była było będzie ja ty on ona
        ono my wy oni jego jej ich mnie mi cię ci go mu już tylko jeszcze też bardzo gdzie kiedy kto dlaczego który
        która które ten ta te tego tej proszę dziękuję dzień dobry cześć tutaj teraz dziś jutro wczoraj może można
        mam masz ma przez przed pod nad bez albo więc niż bo""",
    "cs": """a v se na je že to s z do i o k ve pro za by ale jako po jsem jsi jsou byl byla bylo být bude jeho její
        jejich který která které tak jak co kde kdy kdo proč už jen ještě také moc velmi já ty on ona my vy oni mě mi
        tě ti ho mu prosím děkuji dobrý den ahoj ano ne tady teď dnes zítra včera mám máš má když nebo protože pod
        před bez než od při až""",
    "sk": """a v sa na je že to s z do i o k vo pre za by ale ako po som si sú bol bola bolo byť bude jeho jej ich
        ktorý ktorá ktoré tak čo kde kedy kto prečo už len ešte tiež veľmi ja ty on ona my vy oni ma mi ťa ti ho mu
        prosím ďakujem dobrý deň ahoj áno nie tu teraz dnes zajtra včera mám máš má keď alebo pretože pod pred bez
        než od pri až""",
    "hu": """a az és hogy nem is van egy ez meg de csak ha már még mint volt vagy azt ezt ki mi mit hol mikor miért
        hogyan én te ő mi ti ők nekem neked neki nagyon itt ott most ma holnap tegnap igen kérem kérlek köszönöm szia jó
        napot reggelt fel le be minden lesz lehet kell tudom között után előtt alatt alatta mert aztán szépen""",
    "ro": """și de a în la cu pe nu că o un să este din mai care pentru ce se sunt fi au am ai are el ea ei ele noi voi
        eu tu lui lor al ale sau dar dacă când unde cum cine era fost prin după foarte aici acum azi mâine ieri da
        mulțumesc vă te rog bună ziua salut încă doar toate tot acest această cel mult până spre fără nici știu""",
    "tr": """ve bir bu da de için ile çok ne o ben sen biz siz onlar gibi daha var yok mi mı mu mü ama en kadar olan
        olarak sonra değil her şey bana sana ona beni seni onu bunu nasıl nerede neden kim hangi lütfen teşekkür
        teşekkürler merhaba evet hayır günaydın iyi şimdi bugün yarın dün çünkü ki ya veya hem diye oldu olur ise""",
    "id": """yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena ada kami kita dia mereka
        anda kamu aku sudah belum bisa oleh atau seperti lebih tetapi tapi hanya apa siapa mana kapan mengapa kenapa
        bagaimana sangat terima kasih selamat pagi malam siang tolong sekarang besok kemarin lagi semua satu tiga
        bahwa sampai banyak masih lalu jam""",
    "ms": """yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke kerana ada kami kita dia mereka
        anda awak aku sudah belum boleh oleh atau seperti lebih tetapi tapi hanya apa siapa mana bila mengapa kenapa
        bagaimana sangat terima kasih selamat pagi malam tolong sekarang esok semalam lagi semua satu tiga bahawa
        sampai banyak masih lalu jam tak mahu sahaja daripada kepada ialah hendak encik cik puan""",
    "af": """die en van is in nie het dat op te om met vir sy haar hy ek jy ons julle hulle wat wie waar hoekom hoe dit
        daar hierdie sal kan moet geen wel baie goeie dankie hallo ja nee asseblief hier nou vandag môre gister tot
        weet as maar of uit nog na deur oor word was aan by""",
    "hr": """i u je na se da za što ne to od su s iz kao koji koja koje ali bio bila biti ili samo jer već ja ti on ona
        mi vi oni me te ga mu ih nam vam gdje kada tko zašto kako vrlo hvala molim dobar dan bok ovdje sada danas
        sutra jučer nisam nije jesam sam smo ste po do o prema kad još sve""",
    "sl": """in je v na se da za ne to od so s z iz kot ki ampak bil bila biti ali samo ker že jaz ti on ona mi vi oni
        me te ga mu jih nam vam kje kdaj kdo zakaj kako zelo hvala prosim dober dan tukaj zdaj danes jutri včeraj
        nisem ni sem smo ste po do o še vse pa bo""",
    "vi": """và là của có không một những các cho được trong đã với này người tôi bạn anh chị em nó họ chúng ta để thì
        mà khi như đó đang sẽ rất cũng nhưng gì ai đâu nào sao vì tại từ đến ở ra vào lên cảm ơn xin chào làm việc
        bây giờ hôm nay mai qua rồi chưa còn lại nhiều mấy ấy cô ông bà""",
    "ca": """el la els les de que i a en un una és no per amb se ho però més com dels del al als seu seva són era ha
        han hi ser fer molt també quan on què qui jo tu ell ella nosaltres vostè gràcies hola bon dia si us plau aquest
        aquesta això ja encara només perquè sense fins avui demà ahir ara aquí tot tots""",
    "gl": """o a os as de do da dos das en no na nos nas un unha unhas e é non se con por para máis como pero ao á el
        ela eles eu ti nós vostede foi son está están ser ter ten tamén seu súa este esta xa cando moito moi só ata onde
        porque aínda hai grazas ola bo día boas si entón meu miña me lle aquí hoxe mañá todo todos quen cal uns cos""",
    "tl": """ang ng sa na at ay mga ako ikaw ka siya kami tayo kayo sila ito iyon iyan hindi oo opo salamat po magandang
        umaga gabi may mayroon wala ko mo niya namin natin nila kung para din rin lang pa ba nang isa ano sino saan
        kailan bakit paano dito ngayon bukas kahapon""",
    "ru": """и в не на я что он с как это она по но они к у же вы за бы так от мы все её его из о то только меня было
        мне ещё нет да ты если уже или ни быть был до вот когда для очень есть где кто почему потом сейчас спасибо
        пожалуйста привет здравствуйте там тут потому чтобы под после был была были может можно нужно сегодня завтра
        вчера который чем""",
    "uk": """і в не на я що він з як це вона по але вони до у ж ви за би так від ми всі її його із о то тільки мене
        було мені ще ні та ти якщо вже або бути був для дуже є де хто чому потім зараз дякую будь ласка привіт там тут
        тому щоб під після була були може можна треба сьогодні завтра вчора який ніж бо й чи йому""",
    "bg": """и в не на аз че той с как това тя по но те към у за да от ние всички я го из о само мен беше ми още ти ако
        вече или съм е са си да се ще къде кой защо после сега благодаря моля здравейте там тук защото под след била
        може трябва днес утре вчера който която които отколкото има няма много във със до при""",
    "sr": """и у је на се да за што не то од су с из као који која које али био била бити или само јер већ ја ти он она
        ми ви они ме те га му их нам вам где када ко зашто како врло хвала молим добар дан овде сада данас сутра јуче
        нисам није сам смо сте по до о према још све""",
    "mk": """и во не на јас дека тој со како ова таа по но тие кон у за да од ние сите ја го се само ми уште ти ако веќе
        или сум е си ќе каде кој зошто потоа сега благодарам ве молам здраво таму тука под беше може денес утре вчера
        која кои има нема многу до при што""",
    "ar": """من في على إلى أن هذا هذه التي الذي ما لا هو هي كان كانت عن مع أو ثم قد لم لن كل بعد قبل عند أنا أنت نحن هم
        كيف أين متى لماذا شكرا من فضلك مرحبا نعم اليوم غدا أمس الآن جدا هناك هنا حتى لأن لكن إذا كم يا إنه كما ليس""",
    "ur": """ہے کے میں کی اور کا سے پر نے یہ وہ نہیں ایک ہیں بھی تھا تھی تھے کہ ہو جو تو کر ہی تم آپ ہم مجھے میرا آپ
        کیا کون کہاں کب کیوں کیسے بہت شکریہ سلام ہاں اب آج کل ابھی پھر لیکن یا ساتھ لیے گیا""",
    "fa": """و در به از که این است را با برای آن یک بود شد می تا هم او من تو ما شما آنها ولی اما اگر هر چه چرا کجا کی
        چند چطور خیلی لطفا ممنون سلام بله نه امروز فردا دیروز هنوز الان باید شده بر کرد گفت دارد هستم هست روی زیر
        چون""",
    "hi": """है के में की को और का से पर ने यह वह नहीं एक हैं भी था थी थे कि हो जो तो कर ही मैं तुम आप हम वे मुझे मेरा
        आपका क्या कौन कहाँ कब क्यों कैसे बहुत धन्यवाद नमस्ते कृपया हाँ अब आज कल अभी फिर लेकिन या साथ लिए गया रहा रही""",
    "mr": """आहे आणि ते ती तो मी तू आम्ही तुम्ही हे हा ही नाही काय कोण कुठे कधी कसे का पण मध्ये साठी होते होता होती आहेत
        एक खूप धन्यवाद नमस्कार कृपया आता आज उद्या काल माझे तुमचे मला तुला त्यांनी की किंवा तर वर""",
}
"""Small words and greetings, in small letters, with blanks between."""

LETTERS = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "it": "àèéìíîòóùú",
    "pt": "áâãàçéêíóôõúü",
    "nl": "áéëèêíïóöúü",
    "sv": "åäöé",
    "da": "æøåé",
    "nb": "æøåéòô",
    "fi": "äöåšž",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșțşţ",
    "tr": "çğıöşüâîû\u0307",
    "id": "é",
    "ca": "àçèéíïòóúü·",
    "en": "éï",
    "gl": "áéíñóúüï",
    "tl": "ñ",
    "hr": "čćđšž",
    "sl": "čšž",
    "af": "áéèêëíîïóôöúûü",
    "ms": "é",
    "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
}
"""The letters of an alphabet outside ASCII; a word with another is no word of that language."""
