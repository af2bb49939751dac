/** What the simulated shop sells, where, and to whom: names only, in both languages. */
import { bilingual } from '../base/text.ts';
import type { Bilingual } from '../base/text.ts';

export interface SimulatedProduct {
  /** Value of `product` in the events, e.g. `tea-03`. */
  readonly id: string;
  readonly name: Bilingual;
}

export interface SimulatedCategory {
  /** Value of `category` in the events, e.g. `tea`. */
  readonly id: string;
  readonly name: Bilingual;
  readonly products: readonly SimulatedProduct[];
}

/** `names` is a list of `zh|en` pairs. */
function category(id: string, zh: string, en: string, names: string): SimulatedCategory {
  const products = names.trim().split(/\s*;\s*/).map((pair, index) => {
    const [nameZh, nameEn] = pair.split('|');
    return Object.freeze({ id: `${id}-${String(index + 1).padStart(2, '0')}`, name: bilingual(nameZh, nameEn) });
  });
  return Object.freeze({ id, name: bilingual(zh, en), products: Object.freeze(products) });
}

export const CATEGORIES: readonly SimulatedCategory[] = Object.freeze([
  category('tea', '茶叶', 'Tea', '龙井|Longjing; 碧螺春|Biluochun; 铁观音|Tieguanyin; 大红袍|Dahongpao; 普洱熟茶|Ripe pu-erh; 普洱生茶|Raw pu-erh; 白毫银针|Silver needle; 茉莉花茶|Jasmine tea; 正山小种|Lapsang souchong; 祁门红茶|Keemun; 菊花茶|Chrysanthemum tea; 玄米茶|Genmaicha; 冷泡茶|Cold brew tea; 茶礼盒|Tea gift box; 旅行茶具|Travel tea set'),
  category('snacks', '零食', 'Snacks', '坚果混合|Mixed nuts; 牛肉干|Beef jerky; 海苔|Seaweed; 山楂片|Hawthorn slices; 芒果干|Dried mango; 黑巧克力|Dark chocolate; 蛋黄酥|Egg yolk pastry; 凤梨酥|Pineapple cake; 麻花|Fried dough twists; 辣条|Spicy strips; 瓜子|Sunflower seeds; 米饼|Rice crackers; 牛轧糖|Nougat; 绿豆糕|Mung bean cake; 年货礼盒|New Year gift box'),
  category('skincare', '护肤', 'Skin care', '洁面乳|Cleanser; 爽肤水|Toner; 精华液|Serum; 保湿乳液|Moisturiser; 面霜|Face cream; 眼霜|Eye cream; 面膜|Sheet mask; 防晒霜|Sunscreen; 卸妆油|Cleansing oil; 润唇膏|Lip balm; 护手霜|Hand cream; 身体乳|Body lotion; 祛痘膏|Blemish gel; 旅行套装|Travel kit; 男士护理套装|Care kit for men'),
  category('baby', '母婴', 'Mother and baby', '纸尿裤|Nappies; 婴儿湿巾|Baby wipes; 奶瓶|Feeding bottle; 米粉|Rice cereal; 果泥|Fruit puree; 婴儿洗发水|Baby shampoo; 口水巾|Bib; 学饮杯|Training cup; 积木|Building blocks; 绘本|Picture book; 婴儿睡袋|Sleeping bag; 背带|Baby carrier; 温奶器|Bottle warmer; 孕妇枕|Pregnancy pillow; 防溢乳垫|Nursing pads'),
  category('home', '家居', 'Home', '四件套|Bedding set; 乳胶枕|Latex pillow; 毛巾|Towel; 浴巾|Bath towel; 收纳箱|Storage box; 香薰|Room scent; 台灯|Desk lamp; 地垫|Door mat; 窗帘|Curtain; 挂钟|Wall clock; 花瓶|Vase; 抱枕|Cushion; 晾衣架|Drying rack; 垃圾桶|Waste bin; 雨伞|Umbrella'),
  category('kitchen', '厨房', 'Kitchen', '不粘锅|Non-stick pan; 炒锅|Wok; 菜刀|Kitchen knife; 砧板|Cutting board; 保温杯|Thermos cup; 饭盒|Lunch box; 餐具套装|Cutlery set; 玻璃碗|Glass bowl; 调料瓶|Spice jar; 电热水壶|Kettle; 榨汁机|Juicer; 空气炸锅|Air fryer; 厨房秤|Kitchen scale; 保鲜膜|Cling film; 洗碗布|Dishcloth'),
  category('pet', '宠物', 'Pets', '猫粮|Cat food; 狗粮|Dog food; 猫砂|Cat litter; 冻干零食|Freeze-dried treats; 猫条|Cat paste; 磨牙棒|Chew sticks; 牵引绳|Leash; 猫抓板|Scratching board; 宠物窝|Pet bed; 饮水机|Pet fountain; 逗猫棒|Cat wand; 宠物沐浴露|Pet shampoo; 梳毛刷|Grooming brush; 航空箱|Travel crate; 尿垫|Training pads'),
  category('sports', '运动', 'Sports', '瑜伽垫|Yoga mat; 弹力带|Resistance band; 跑步腰包|Running belt; 运动水壶|Sports bottle; 哑铃|Dumbbells; 跳绳|Skipping rope; 羽毛球拍|Badminton racket; 乒乓球拍|Table tennis bat; 运动袜|Sports socks; 护膝|Knee support; 速干毛巾|Quick-dry towel; 露营灯|Camping lamp; 折叠椅|Folding chair; 登山杖|Trekking poles; 骑行手套|Cycling gloves'),
]);

/** Channels that have sessions, in the order of the personal shares. Orders without browsing happen in the `store`. */
export const ONLINE_CHANNELS = Object.freeze(['wechat_mini', 'app', 'web'] as const);
export const STORE_CHANNEL = 'store';

export const CITIES = Object.freeze(['上海', '北京', '广州', '深圳', '杭州', '成都', '武汉', '南京', '西安', '重庆'] as const);
export const AGE_BANDS = Object.freeze(['18-24', '25-34', '35-44', '45-54', '55+'] as const);

/** Acquisition source: share of new customers, and its shift of the log buying cycle (negative: buys more often). */
export const SOURCES = Object.freeze([
  { id: 'organic', share: 0.35, cycleShift: -0.2 },
  { id: 'baidu', share: 0.25, cycleShift: 0.05 },
  { id: 'ocean_engine', share: 0.2, cycleShift: 0.25 },
  { id: 'tencent_ads', share: 0.2, cycleShift: 0 },
] as const);

/** Level given on the day of joining (it never changes, so that it cannot tell the future), with its shift of the log buying cycle. */
export const MEMBER_LEVELS = Object.freeze([
  { id: 'basic', share: 0.8, cycleShift: 0.06 },
  { id: 'silver', share: 0.15, cycleShift: -0.2 },
  { id: 'gold', share: 0.05, cycleShift: -0.4 },
] as const);
